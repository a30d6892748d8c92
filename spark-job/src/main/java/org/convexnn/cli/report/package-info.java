/**
 * What a command tells of a network: the fit as it goes, scores, report.json and report.html;
 * outputs that appear whole or not at all.
 */
package org.convexnn.cli.report;
