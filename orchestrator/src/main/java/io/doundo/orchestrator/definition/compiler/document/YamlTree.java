package io.doundo.orchestrator.definition.compiler.document;

import io.doundo.orchestrator.definition.compiler.document.DocumentReader.Document;
import io.doundo.orchestrator.definition.compiler.document.DocumentReader.Documents;
import io.doundo.orchestrator.definition.compiler.document.DocumentReader.UnreadableException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.representer.Representer;

/**
 * Reads YAML documents into located trees. No object is ever constructed: tags are refused, aliases
 * are expanded under a limit, and a repeated key is a problem.
 */
final class YamlTree {

  private static final int MAX_DEPTH = YamlScan.MAX_DEPTH;

  private final int document;
  private final List<Problem> problems;
  private int nodes;

  private YamlTree(int document, List<Problem> problems) {
    this.document = document;
    this.problems = problems;
  }

  static Documents readAll(String text) {
    List<Document> documents = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    int index = 0;
    try {
      YamlScan.check(yaml().parse(new StringReader(text)));
      for (Node node : yaml().composeAll(new StringReader(text))) {
        Located root = new YamlTree(index, problems).convert(node, 0);
        if (!root.isNull()) {
          documents.add(new Document(index, root));
        }
        index++;
      }
    } catch (UnreadableException e) {
      problems.add(e.problem());
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark();
      problems.add(problem(index, mark, "not valid YAML: " + sentence(e)));
    } catch (YAMLException e) {
      problems.add(new Problem(index, "", null, null, "not valid YAML: " + e.getMessage()));
    }
    return new Documents(documents, problems);
  }

  private static Yaml yaml() {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setAllowRecursiveKeys(false);
    // The scan has counted what they expand to.
    options.setMaxAliasesForCollections(YamlScan.MAX_NODES);
    options.setNestingDepthLimit(MAX_DEPTH);
    options.setCodePointLimit(DocumentReader.MAX_BYTES);
    options.setMergeOnCompose(true);
    DumperOptions unused = new DumperOptions();
    return new Yaml(new SafeConstructor(options), new Representer(unused), unused, options);
  }

  private Located convert(Node node, int depth) throws UnreadableException {
    Mark mark = node.getStartMark();
    if (++nodes > YamlScan.MAX_NODES || depth > MAX_DEPTH) {
      throw new UnreadableException(
          problem(
              document,
              mark,
              "the document is too large or too deep once its aliases are expanded"));
    }
    int line = mark.getLine() + 1;
    int column = mark.getColumn() + 1;
    if (node instanceof MappingNode mapping) {
      return new Located.Mapping(line, column, fields(mapping, depth));
    }
    if (node instanceof SequenceNode sequence) {
      List<Located> elements = new ArrayList<>();
      for (Node element : sequence.getValue()) {
        elements.add(convert(element, depth + 1));
      }
      return new Located.Sequence(line, column, elements);
    }
    ScalarNode scalar = (ScalarNode) node;
    boolean plain = scalar.getScalarStyle() == ScalarStyle.PLAIN;
    return new Located.Scalar(line, column, scalar.getValue(), plain);
  }

  private Map<String, Located.Field> fields(MappingNode mapping, int depth)
      throws UnreadableException {
    Map<String, Located.Field> fields = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Mark mark = tuple.getKeyNode().getStartMark();
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw new UnreadableException(problem(document, mark, "a field name must be text"));
      }
      Located value = convert(tuple.getValueNode(), depth + 1);
      Located.Field field = new Located.Field(mark.getLine() + 1, mark.getColumn() + 1, value);
      Located.Field first = fields.putIfAbsent(key.getValue(), field);
      if (first != null) {
        problems.add(
            problem(
                document,
                mark,
                "duplicate field \"%s\"; the first one is in line %d"
                    .formatted(key.getValue(), first.line())));
      }
    }
    return fields;
  }

  static Problem problem(int document, @Nullable Mark mark, String message) {
    return mark == null
        ? new Problem(Math.max(0, document), "", null, null, message)
        : new Problem(Math.max(0, document), "", mark.getLine() + 1, mark.getColumn() + 1, message);
  }

  /** The parser's message without its sketch of the position. */
  private static String sentence(MarkedYAMLException e) {
    String context = e.getContext();
    String problem = e.getProblem();
    return context == null ? String.valueOf(problem) : context + ", " + problem;
  }
}
