/**
 * What a person reads of a command: errors in one line, suggestions, numbers and tables as
 * text, the version.
 */
package org.convexnn.cli.message;
