package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.Durations;
import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Field;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import io.doundo.orchestrator.definition.compiler.document.Located.Sequence;
import io.doundo.orchestrator.definition.compiler.document.Suggestions;
import io.doundo.protocol.json.Printable;
import io.doundo.protocol.text.DurationText;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one mapping. A field that is absent, empty or wrong reads as null; problems
 * are reported and reading continues, so that all of them are found at once.
 */
final class Fields {

  private static final int LONGEST_NUMBER = 100;
  private static final int MAX_GIVEN = 255;
  private static final int MAX_SHOWN = 100;

  private final Mapping mapping;
  private final String path;
  private final Report report;

  Fields(Mapping mapping, String path, Report report) {
    this.mapping = mapping;
    this.path = path;
    this.report = report;
  }

  String path(String name) {
    String shown = name.length() <= MAX_SHOWN ? name : name.substring(0, MAX_SHOWN) + "…";
    return path.isEmpty() ? shown : path + '.' + shown;
  }

  Mapping mapping() {
    return mapping;
  }

  /** A value that is there, or null when the field is absent or empty. */
  @Nullable Located value(String name) {
    Field field = mapping.fields().get(name);
    return field == null || field.value().isNull() ? null : field.value();
  }

  void problem(String name, String message) {
    Located value = value(name);
    report.problem(value == null ? mapping : value, path(name), message);
  }

  /** Warns of a field that is there. */
  void warn(String name, String message) {
    Field field = mapping.fields().get(name);
    if (field != null) {
      report.warn(field, path(name), message);
    }
  }

  /** Reports a problem with a part of a field. */
  void problem(Located at, String place, String message) {
    report.problem(at, path(place), message);
  }

  /** The fields of an element of a list. */
  Fields element(String list, int index, Mapping element) {
    return new Fields(element, path(list) + '[' + index + ']', report);
  }

  /**
   * Refuses all other fields.
   *
   * @param ofWhat for the message, such as {@code of a rule}
   */
  void refuseAllBut(Set<String> known, String ofWhat) {
    for (Map.Entry<String, Field> entry : mapping.fields().entrySet()) {
      if (!known.contains(entry.getKey())) {
        report.problem(
            entry.getValue().line(),
            entry.getValue().column(),
            path(entry.getKey()),
            "unknown field " + ofWhat + Suggestions.didYouMean(entry.getKey(), known));
      }
    }
  }

  /** Refuses fields that are nearly known and warns of others. */
  void refuseUnknown(Set<String> known) {
    refuseUnknown(known, Set.of());
  }

  /**
   * The same, where other fields would count in a document of the new vocabulary.
   *
   * @param later their names
   */
  void refuseUnknown(Set<String> known, Set<String> later) {
    for (Map.Entry<String, Field> entry : mapping.fields().entrySet()) {
      String name = entry.getKey();
      Field field = entry.getValue();
      if (known.contains(name)) {
        continue;
      }
      Optional<String> meant = Suggestions.nearest(name, known);
      if (meant.isPresent()) {
        report.problem(
            field.line(),
            field.column(),
            path(name),
            "unknown field, did you mean \"" + meant.get() + "\"?");
      } else {
        boolean couldCount = later.contains(name);
        report.warn(
            field,
            path(name),
            couldCount
                ? "unknown field, ignored; it counts in a document that says vocabulary: 2"
                : "unknown field, ignored");
      }
    }
  }

  /**
   * The first of these fields that has text of any kind, on one line and shortened, for a status.
   */
  @Nullable String given(String... names) {
    for (String name : names) {
      if (value(name) instanceof Scalar scalar && !scalar.text().isBlank()) {
        return Printable.line(scalar.text(), MAX_GIVEN);
      }
    }
    return null;
  }

  /** Text of which nothing depends on its exact form, on one line. */
  @Nullable String line(String name, int maxLength) {
    String text = text(name, maxLength);
    return text == null ? null : Printable.line(text.strip());
  }

  @Nullable String text(String name, int maxLength) {
    Scalar scalar = scalar(name, "must be text");
    if (scalar == null) {
      return null;
    }
    if (scalar.text().isBlank()) {
      problem(name, "must not be blank");
      return null;
    }
    if (scalar.text().length() > maxLength) {
      problem(name, "must have at most " + maxLength + " characters");
      return null;
    }
    return scalar.text();
  }

  @Nullable Integer integer(String name, int min, int max) {
    String expected = "must be a whole number from " + min + " to " + max;
    Scalar scalar = scalar(name, expected);
    if (scalar == null) {
      return null;
    }
    try {
      // A longer number is out of range, and takes long to read.
      if (scalar.text().length() <= LONGEST_NUMBER) {
        int number = new BigDecimal(scalar.text().strip()).intValueExact();
        if (number >= min && number <= max) {
          return number;
        }
      }
    } catch (NumberFormatException | ArithmeticException e) {
      // Refused below, together with numbers out of range.
    }
    problem(name, expected + " but is " + scalar.kind());
    return null;
  }

  @Nullable Double number(String name, int min, int max) {
    String expected = "must be a number from " + min + " to " + max;
    Scalar scalar = scalar(name, expected);
    if (scalar == null) {
      return null;
    }
    try {
      boolean isShort = scalar.text().length() <= LONGEST_NUMBER;
      double number = isShort ? Double.parseDouble(scalar.text().strip()) : Double.NaN;
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Refused below, together with numbers out of range.
    }
    problem(name, expected + " but is " + scalar.kind());
    return null;
  }

  boolean flag(String name, boolean absent) {
    Scalar scalar = scalar(name, "must be true or false");
    if (scalar == null) {
      return absent;
    }
    return switch (scalar.text().toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on" -> true;
      case "false", "no", "off" -> false;
      default -> {
        problem(name, "must be true or false but is " + scalar.kind());
        yield absent;
      }
    };
  }

  /** A duration of which a small bare number is more likely meant as seconds. */
  @Nullable Duration timeout(String name, Duration min) {
    Duration duration = duration(name, min);
    if (duration != null
        && !duration.isZero()
        && duration.compareTo(Duration.ofSeconds(1)) < 0
        && value(name) instanceof Scalar scalar
        && scalar.text().strip().chars().allMatch(c -> c >= '0' && c <= '9')) {
      String number = scalar.text().strip();
      report.warn(
          scalar.line(),
          path(name),
          "%s means %d ms; write %ss if you mean seconds"
              .formatted(number, duration.toMillis(), number));
    }
    return duration;
  }

  @Nullable Duration duration(String name, Duration min) {
    String expected = "must be a duration such as 30s, PT30S or a number of milliseconds";
    Scalar scalar = scalar(name, expected);
    if (scalar == null) {
      return null;
    }
    Duration duration = Durations.parse(scalar.text());
    if (duration == null) {
      problem(name, expected + " but is " + scalar.kind());
      return null;
    }
    if (duration.compareTo(min) < 0 || duration.compareTo(Durations.LONGEST) > 0) {
      problem(
          name,
          "must be a duration from %s to %s but is %s"
              .formatted(DurationText.of(min), DurationText.of(Durations.LONGEST), scalar.kind()));
      return null;
    }
    return duration;
  }

  /** One of the constants, in any case. */
  <E extends Enum<E>> @Nullable E constant(String name, Class<E> type) {
    List<String> words =
        Arrays.stream(type.getEnumConstants()).map(c -> c.name().toLowerCase(Locale.ROOT)).toList();
    String word = word(name, words);
    return word == null ? null : Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
  }

  /** One of the words, in any case; read as written here. */
  @Nullable String word(String name, List<String> words) {
    String expected =
        words.size() == 1
            ? "must be " + words.get(0)
            : words.stream().collect(Collectors.joining(", ", "must be one of ", ""));
    Scalar scalar = scalar(name, expected);
    if (scalar == null) {
      return null;
    }
    String word = scalar.text().strip().toLowerCase(Locale.ROOT);
    if (words.contains(word)) {
      return word;
    }
    problem(
        name, expected + " but is " + scalar.kind() + Suggestions.didYouMean(scalar.text(), words));
    return null;
  }

  /** Texts with their places; a single text counts as a list of one. Null when absent. */
  @Nullable List<Scalar> texts(String name, int maxCount, int maxLength) {
    Located value = value(name);
    if (value == null) {
      return null;
    }
    List<Located> elements = value instanceof Sequence list ? list.elements() : List.of(value);
    if (elements.size() > maxCount) {
      problem(name, "must have at most " + maxCount + " entries");
      return null;
    }
    List<Scalar> texts = new ArrayList<>();
    for (int i = 0; i < elements.size(); i++) {
      Located element = elements.get(i);
      String place = value instanceof Sequence ? path(name) + '[' + i + ']' : path(name);
      if (!(element instanceof Scalar scalar) || scalar.isNull() || scalar.text().isBlank()) {
        report.problem(element, place, "must be text but is " + element.kind());
      } else if (scalar.text().length() > maxLength) {
        report.problem(element, place, "must have at most " + maxLength + " characters");
      } else {
        texts.add(scalar);
      }
    }
    return texts;
  }

  /** A mapping, or null when absent or reported as wrong. */
  @Nullable Fields object(String name) {
    Located value = value(name);
    if (value == null) {
      return null;
    }
    if (value instanceof Mapping object) {
      return new Fields(object, path(name), report);
    }
    problem(name, "must be an object but is " + value.kind());
    return null;
  }

  /** A list, or null when absent or reported as wrong. */
  @Nullable Sequence list(String name) {
    Located value = value(name);
    if (value == null || value instanceof Sequence) {
      return (Sequence) value;
    }
    problem(name, "must be a list but is " + value.kind());
    return null;
  }

  private @Nullable Scalar scalar(String name, String expected) {
    Located value = value(name);
    if (value == null || value instanceof Scalar) {
      return (Scalar) value;
    }
    problem(name, expected + " but is " + value.kind());
    return null;
  }
}
