package culvert.config.read;

import culvert.config.Found;
import culvert.config.yaml.Suggestions;
import culvert.config.yaml.YamlValue;
import culvert.config.yaml.YamlValue.Mapping;
import culvert.config.yaml.YamlValue.Scalar;
import culvert.config.yaml.YamlValue.Sequence;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The types of values. What they refuse, they tell as {@code key: found (expected: ...)}. */
final class ValueTypes {
  /** A value of any kind, to be read by somebody else. */
  static final ValueType<YamlValue> ANY = (value, key, reading) -> Optional.of(value);

  static final ValueType<Mapping> MAPPING = mapping();

  static final ValueType<String> NAME = scalar("a name", ValueTypes::name);

  static final ValueType<Boolean> BOOLEAN =
      scalar(
          "true or false",
          text -> {
            if (text.equals("true") || text.equals("false")) {
              return text.equals("true");
            }
            throw expected(
                text, "true or false" + Suggestions.didYouMean(text, List.of("true", "false")));
          });

  static final ValueType<Charset> CHARSET =
      scalar(
          "a charset",
          text -> {
            try {
              return Charset.forName(text);
            } catch (IllegalArgumentException e) {
              throw expected(text, "a charset such as UTF-8, ISO-8859-1, windows-1252, IBM1047");
            }
          });

  private ValueTypes() {}

  /** Text as {@code parser} takes it; its {@link IllegalArgumentException} tells what is wrong. */
  static <T> ValueType<T> scalar(String what, Function<String, T> parser) {
    return environmental(what, (text, environment) -> parser.apply(text));
  }

  /** The same where the value depends on the environment. */
  static <T> ValueType<T> environmental(String what, BiFunction<String, Environment, T> parser) {
    return (value, key, reading) -> {
      if (!(value instanceof Scalar scalar) || value.isNull()) {
        return wrongKind(value, key, what, reading);
      }
      try {
        if (Interpolation.isIn(scalar.text())) {
          throw new IllegalArgumentException(
              "${env:...}, ${file:...} and ${credential:...} stand in passwords, passphrases and identity-agent only");
        }
        return Optional.of(parser.apply(scalar.text(), reading.environment()));
      } catch (IllegalArgumentException e) {
        reading.error(value.location(), key + ": " + e.getMessage());
        return Optional.empty();
      }
    };
  }

  static <T> Optional<T> wrongKind(YamlValue value, String key, String what, Reading reading) {
    reading.error(value.location(), key + ": " + value.kind() + " (expected: " + what + ")");
    return Optional.empty();
  }

  /** One of the words that the constants print as. */
  @SafeVarargs
  static <T> ValueType<T> word(T... choices) {
    List<T> all = new ArrayList<>();
    for (T choice : choices) {
      all.add(choice);
    }
    return word(Map.of(), all);
  }

  /**
   * The same.
   *
   * @param others words for some of them that no message names
   */
  static <T> ValueType<T> word(Map<String, T> others, List<T> choices) {
    Map<String, T> words = new LinkedHashMap<>();
    for (T choice : choices) {
      words.put(choice.toString(), choice);
    }
    String all = String.join(", ", words.keySet());
    return scalar(
        all,
        text -> {
          @Nullable T choice = words.getOrDefault(text, others.get(text));
          if (choice == null) {
            throw expected(text, all + Suggestions.didYouMean(text, words.keySet()));
          }
          return choice;
        });
  }

  /** A decimal number; leading zeros do not make it octal. */
  static ValueType<Integer> integer(int min, int max) {
    String range =
        max == Integer.MAX_VALUE ? "a number, at least " + min : "a number, " + min + ".." + max;
    return scalar(
        range,
        text -> {
          if (text.matches("[0-9]{1,10}")) {
            long number = Long.parseLong(text);
            if (min <= number && number <= max) {
              return (int) number;
            }
          }
          throw expected(text, range);
        });
  }

  /** A list; anything else stands for a list of one. Wrong items are reported and left out. */
  static <T> ValueType<List<T>> listOf(ValueType<T> item) {
    return (value, key, reading) -> {
      List<YamlValue> items =
          value instanceof Sequence sequence ? sequence.items() : List.of(value);
      List<T> read =
          items.stream()
              .map(one -> item.read(one, key, reading))
              .flatMap(Optional::stream)
              .collect(Collectors.toCollection(ArrayList::new));
      return read.size() == items.size() ? Optional.of(List.copyOf(read)) : Optional.empty();
    };
  }

  /** A list that holds something. */
  static <T> ValueType<List<T>> someOf(String what, ValueType<T> item) {
    ValueType<List<T>> list = listOf(item);
    return (value, key, reading) -> {
      Optional<List<T>> items = list.read(value, key, reading);
      if (items.isPresent() && items.get().isEmpty()) {
        reading.error(
            value.location(), key + ": an empty list (expected: at least one " + what + ")");
        return Optional.empty();
      }
      return items;
    };
  }

  /** A list in which nothing stands twice. */
  static <T> ValueType<List<T>> distinct(ValueType<List<T>> list) {
    return (value, key, reading) -> {
      Optional<List<T>> items = list.read(value, key, reading);
      if (items.isPresent() && items.get().stream().distinct().count() < items.get().size()) {
        reading.error(value.location(), key + ": the same value twice");
        return Optional.empty();
      }
      return items;
    };
  }

  private static ValueType<Mapping> mapping() {
    return (value, key, reading) ->
        value instanceof Mapping mapping
            ? Optional.of(mapping)
            : wrongKind(value, key, "a mapping", reading);
  }

  static String name(String text) {
    if (text.isBlank() || !text.equals(text.strip()) || hasControl(text)) {
      throw expected(text, "a name without control characters and spaces around it");
    }
    return text;
  }

  static boolean hasControl(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }

  static IllegalArgumentException expected(String found, String expected) {
    return new IllegalArgumentException(Found.message(found, expected));
  }
}
