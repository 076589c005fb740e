package culvert.config.ssh;

/**
 * A place in a file.
 *
 * @param line from 1
 * @param column from 1
 */
public record Place(String file, int line, int column) {}
