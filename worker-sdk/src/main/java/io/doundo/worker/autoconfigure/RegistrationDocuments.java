package io.doundo.worker.autoconfigure;

import io.doundo.worker.binding.BoundStep;
import io.doundo.worker.binding.StepKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.ResourcePatternResolver;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * The registration documents of this application. Only what binds handlers is read here; the
 * orchestrator validates the rest.
 */
final class RegistrationDocuments {

  /** The orchestrator limits the size of documents. */
  private static final int MOST_ALIASES = 100_000;

  private final List<Resource> documents = new ArrayList<>();
  private final List<BoundStep> steps = new ArrayList<>();

  /** Reads all documents that the patterns find; a pattern that finds nothing is a mistake. */
  static RegistrationDocuments read(List<String> patterns, ResourcePatternResolver resources) {
    RegistrationDocuments found = new RegistrationDocuments();
    for (String pattern : patterns) {
      try {
        Resource[] matches = resources.getResources(pattern);
        List<Resource> present = new ArrayList<>();
        for (Resource match : matches) {
          if (match.exists()) {
            present.add(match);
          }
        }
        if (present.isEmpty()) {
          throw new IllegalStateException(
              "doundo.worker.registrations names \""
                  + pattern
                  + "\", but that document does not exist");
        }
        for (Resource resource : present) {
          found.add(resource);
        }
      } catch (IOException e) {
        throw new IllegalStateException("the documents " + pattern + " cannot be read", e);
      }
    }
    return found;
  }

  List<Resource> documents() {
    return documents;
  }

  List<BoundStep> steps() {
    return steps;
  }

  private void add(Resource resource) throws IOException {
    String name = String.valueOf(resource.getFilename());
    byte[] content = resource.getContentAsByteArray();
    documents.add(resource);
    LoaderOptions limits = new LoaderOptions();
    limits.setAllowDuplicateKeys(false);
    limits.setMaxAliasesForCollections(MOST_ALIASES);
    DumperOptions unused = new DumperOptions();
    Yaml yaml =
        new Yaml(
            new SafeConstructor(limits),
            new Representer(unused),
            unused,
            limits,
            new TextResolver());
    try {
      for (Object document : yaml.loadAll(new String(content, StandardCharsets.UTF_8))) {
        readDocument(name, document);
      }
    } catch (YAMLException e) {
      throw new IllegalStateException(
          "the registration document " + name + " is neither YAML nor JSON: " + e.getMessage(), e);
    }
  }

  private void readDocument(String name, @Nullable Object document) {
    if (!(document instanceof Map<?, ?> fields)) {
      return;
    }
    if (fields.get("steps") == null && fields.get("payload") instanceof Map<?, ?> payload) {
      readDocument(name, payload);
    } else if (fields.get("orchestrations") instanceof List<?> several) {
      several.forEach(one -> readDocument(name, one));
    } else if (fields.get("orchestrationName") instanceof String orchestration
        && fields.get("steps") instanceof List<?> list) {
      boolean shared = flag(fields, "sharedTopic", false);
      readSteps(name, orchestration, shared, list);
    }
  }

  /** Reads steps, and those in the blocks, branches and parts among them. */
  private void readSteps(String document, String orchestration, boolean shared, List<?> steps) {
    for (Object step : steps) {
      if (step instanceof List<?> lane) {
        readSteps(document, orchestration, shared, lane);
      } else if (step instanceof Map<?, ?> fields) {
        readStep(document, orchestration, shared, fields);
        for (String inner : List.of("parallel", "do", "choice", "else")) {
          if (fields.get(inner) instanceof List<?> list) {
            readSteps(document, orchestration, shared, list);
          }
        }
        if (fields.get("firstOf") instanceof Map<?, ?> branches) {
          readSteps(document, orchestration, shared, List.copyOf(branches.values()));
        }
      }
    }
  }

  private void readStep(String document, String orchestration, boolean shared, Map<?, ?> step) {
    String name = text(step, "name");
    if (name == null) {
      return;
    }
    steps.add(
        BoundStep.of(
            document,
            new StepKey(orchestration, name),
            flag(step, "sharedTopic", shared),
            field -> text(step, field)));
  }

  private static boolean flag(Map<?, ?> fields, String name, boolean absent) {
    String text = text(fields, name);
    return switch (text == null ? "" : text.toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on" -> true;
      case "false", "no", "off" -> false;
      default -> absent;
    };
  }

  /** Every scalar is its text as written, as for the orchestrator. */
  private static final class TextResolver extends Resolver {
    @Override
    protected void addImplicitResolvers() {
      addImplicitResolver(Tag.MERGE, MERGE, "<");
      addImplicitResolver(Tag.NULL, NULL, "~nN\0");
      addImplicitResolver(Tag.NULL, EMPTY, null);
    }
  }

  private static @Nullable String text(Map<?, ?> fields, String name) {
    return fields.get(name) instanceof String text ? text : null;
  }
}
