package culvert.config.ssh;

import java.util.Collection;
import java.util.List;

/** Who is told what is wrong with the files, all at once. */
public interface Report {

  /** The files cannot be used. */
  void error(Place place, String message);

  /** The files can be used, but something in them has no effect here. */
  void warning(Place place, String message);

  /**
   * A list of algorithms, of which only others know what becomes of it.
   *
   * @param keyword in lower case
   * @param items each with the list's {@code +}, {@code -} or {@code ^} before it
   */
  void algorithms(Place place, String keyword, List<String> items);

  /** What was found, made fit to print. */
  String shown(String found);

  /** {@code ; did you mean X?}, or nothing. */
  String didYouMean(String word, Collection<String> candidates);
}
