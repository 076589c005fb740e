package culvert.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.Location;
import culvert.config.yaml.YamlValue.Mapping;
import culvert.config.yaml.YamlValue.Scalar;
import culvert.config.yaml.YamlValue.Sequence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlParserTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no",
        "on",
        "Yes",
        "0123",
        "0x1F",
        "0o17",
        "12:30",
        "1_000",
        "1e3",
        ".inf",
        "2024-01-01",
        "1.10",
        "=",
        "TRUE"
      })
  void aScalarIsItsText(String text) {
    Mapping mapping = (Mapping) parse("key: " + text);

    assertThat(text(mapping, "key")).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "~", "null", "Null", "NULL"})
  void nothingAndNullAreNoValue(String text) {
    Mapping mapping = (Mapping) parse("key: " + text);

    assertThat(mapping.entry("key")).isEmpty();
    assertThat(mapping.entries()).containsOnlyKeys("key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"''", "\"\"", "'~'", "\"null\""})
  void quotedTextIsAValue(String text) {
    assertThat(((Mapping) parse("key: " + text)).entry("key")).isPresent();
  }

  @Test
  void linesAndColumnsCountCharactersFromOne() {
    Mapping mapping = (Mapping) parse("# \uD83D\uDE00\n\"\uD83D\uDE00\":   [a,\n  b]");

    YamlValue.Entry entry = mapping.entries().get("\uD83D\uDE00");
    assertThat(entry.keyLocation()).isEqualTo(new Location("c.yaml", 2, 1));
    assertThat(entry.value().location()).isEqualTo(new Location("c.yaml", 2, 8));
    assertThat(((Sequence) entry.value()).items().get(1).location())
        .isEqualTo(new Location("c.yaml", 3, 3));
  }

  @Test
  void anAliasIsWhatItsAnchorNames() {
    Mapping mapping = (Mapping) parse("a: &x [1]\nb: *x");

    assertThat(mapping.entries().get("b").value()).isSameAs(mapping.entries().get("a").value());
  }

  @Test
  void whatAMappingHasItselfWinsOverWhatIsMerged() {
    Mapping mapping =
        (Mapping)
            parse("a: &a { x: a, y: a, z: a }\nb: &b { y: b, w: b }\nc: { <<: [*b, *a], x: c }");

    Mapping merged = (Mapping) mapping.entries().get("c").value();
    assertThat(merged.entries().keySet()).containsExactlyInAnyOrder("w", "x", "y", "z");
    assertThat(text(merged, "x")).isEqualTo("c");
    assertThat(text(merged, "y")).isEqualTo("b");
    assertThat(text(merged, "z")).isEqualTo("a");
    assertThat(text(merged, "w")).isEqualTo("b");
  }

  @Test
  void aQuotedMergeKeyIsAKey() {
    assertThat(((Mapping) parse("'<<': x")).entries()).containsOnlyKeys("<<");
  }

  @Test
  void anEmptyDocumentIsAnEmptyMapping() {
    assertThat(((Mapping) parse("")).entries()).isEmpty();
    assertThat(((Mapping) parse("# comment\n---\n")).entries()).isEmpty();
  }

  @Test
  void aSecondAnchorOfTheSameNameIsToldAndTheNameIsNot() {
    Problems problems = new Problems();

    YamlValue value =
        YamlParser.parse("a: &c4n4ry 1\nb: &c4n4ry 2\nc: *c4n4ry", "c.yaml", problems);

    assertThat(text((Mapping) value, "c")).isEqualTo("2");
    assertThat(problems.inFileOrder())
        .singleElement()
        .hasToString(
            "c.yaml:2:4: warning: an anchor of the same name as on line 1: an alias means the last"
                + " one before it");
  }

  @Test
  void aValueDoesNotPrintItsText() {
    assertThat(parse("password: c4n4ry").toString()).doesNotContain("c4n4ry");
  }

  private static String text(Mapping mapping, String key) {
    return ((Scalar) mapping.entries().get(key).value()).text();
  }

  private static YamlValue parse(String text) {
    Problems problems = new Problems();
    YamlValue value = YamlParser.parse(text, "c.yaml", problems);
    assertThat(problems.inFileOrder()).isEmpty();
    return value;
  }
}
