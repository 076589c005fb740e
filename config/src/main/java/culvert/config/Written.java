package culvert.config;

/** A configuration as its file has it, with everything written out that the file leaves out. */
public interface Written {

  /**
   * Where a value stands, or else the nearest thing around it that does.
   *
   * @param path keys, and positions in lists from 0: {@code profiles}, {@code gateway}, {@code
   *     identity-file}, {@code 0}
   */
  Location location(String... path);

  /**
   * All of it as YAML, which loads to an equal configuration. Secrets are the references that the
   * file has; what is not one comes out as {@value #HIDDEN}, and does not load without that.
   */
  String yaml();

  /** What stands for a secret that stands in the file itself. */
  String HIDDEN = "${env:NOT_SHOWN}";
}
