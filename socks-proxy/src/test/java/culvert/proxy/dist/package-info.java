/**
 * What the packages of the profile {@code dist} have beside the jars: man pages, completion,
 * copyright. Made while they are built; no part of the program.
 *
 * <p>Starting point: {@code culvert.proxy.cli.Distribution}, the program that the build runs.
 */
package culvert.proxy.dist;
