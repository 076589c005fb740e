/**
 * What FTP servers make of uploads that break off: the table of {@code docs/INTEGRITY.md}.
 *
 * <p>Starting point: {@link culvert.it.integrity.BrokenUploadIT}.
 */
package culvert.it.integrity;
