package culvert.config.ssh;

import java.util.Collection;

/** Who is told what is wrong with the files, all at once. */
public interface Report {

  /** The files cannot be used. */
  void error(Place place, String message);

  /** The files can be used, but something in them has no effect here. */
  void warning(Place place, String message);

  /** What was found, made fit to print. */
  String shown(String found);

  /** {@code ; did you mean X?}, or nothing. */
  String didYouMean(String word, Collection<String> candidates);
}
