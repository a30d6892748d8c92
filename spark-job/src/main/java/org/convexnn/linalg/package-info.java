/**
 * Matrix products, symmetric factorisations, singular values, random numbers by counter. Knows
 * netlib; knows no network and no Spark.
 */
package org.convexnn.linalg;
