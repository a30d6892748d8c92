/** Dense kernels, symmetric factorisations and packed bits. Knows netlib; knows no network and no Spark. */
package org.convexnn.linalg;
