package culvert.bench.measure;

import culvert.bench.figures.Row;
import java.util.List;

/** One part of the bench. It starts what it measures, and ends it again. */
public interface Measure {
  List<Row> rows() throws Exception;
}
