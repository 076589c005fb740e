package culvert.it.facts;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Every row has a test that names it, and every test here names a row. */
class FactsMapTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter().importPackages("culvert.it.facts");

  private static final List<JavaMethod> TESTS =
      CLASSES.stream()
          .filter(type -> type.getSimpleName().endsWith("IT"))
          .flatMap(type -> type.getMethods().stream())
          .filter(FactsMapTest::runs)
          .toList();

  @Test
  void everyRowHasATestThatNamesIt() {
    Set<FactRow> missing = EnumSet.allOf(FactRow.class);
    TESTS.stream()
        .filter(test -> test.isAnnotatedWith(Fact.class))
        .forEach(test -> missing.removeAll(Set.of(test.getAnnotationOfType(Fact.class).value())));

    assertThat(missing).as("rows that no test names").isEmpty();
  }

  @Test
  void everyTestNamesARow() {
    assertThat(TESTS).allMatch(test -> test.isAnnotatedWith(Fact.class), "names a row");
  }

  private static boolean runs(JavaMethod method) {
    boolean test =
        method.isAnnotatedWith(Test.class) || method.isAnnotatedWith(ParameterizedTest.class);
    return test && !method.isAnnotatedWith(Disabled.class);
  }
}
