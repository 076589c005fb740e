package culvert.bench;

import culvert.filter.ConnectionRequest;
import culvert.filter.FilterEngine;
import culvert.filter.RuleCompiler;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** What six decisions cost, by the size of the rule set. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FilterEngineBenchmark {
  @Param({"100", "1000", "10000"})
  int rules;

  private FilterEngine engine;
  private List<ConnectionRequest> requests;

  @Setup
  public void compile() {
    engine = RuleCompiler.compile(RuleSets.ofSize(rules)).engine();
    requests = RuleSets.requests(rules);
  }

  @Benchmark
  public void decide(Blackhole blackhole) {
    for (ConnectionRequest request : requests) {
      blackhole.consume(engine.decide(request));
    }
  }

  public static void main(String[] args) throws RunnerException {
    new Runner(new OptionsBuilder().include(FilterEngineBenchmark.class.getName()).build()).run();
  }
}
