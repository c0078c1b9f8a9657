package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the steps of one orchestration with the blocks that contain them. Steps are numbered in the
 * order of the document. Used once.
 */
final class BlockReader {

  /** How deep blocks may be nested. */
  private static final int MAX_DEPTH = 4;

  private static final String PARALLEL = "parallel";
  private static final String AT_ONCE = "atOnce";
  private static final Set<String> PARALLEL_FIELDS = Set.of("name", PARALLEL, AT_ONCE, "dependsOn");

  private final Vocabulary vocabulary;
  private final boolean sharedTopic;
  private final List<StepDeclaration> steps = new ArrayList<>();
  private final List<Block> blocks = new ArrayList<>();
  private final Set<String> blockNames = new HashSet<>();
  private final Map<String, List<BlockReader>> bodies = new HashMap<>();
  private final Document document;
  private final int level;
  private final @Nullable String branch;
  private boolean hasBlocks;
  private boolean isComplete = true;

  /** What the steps of all bodies share. */
  private static final class Document {
    private final Map<String, BlockReader> owners = new HashMap<>();
    private int count;
  }

  BlockReader(Vocabulary vocabulary, boolean sharedTopic) {
    this(vocabulary, sharedTopic, new Document(), 0, null);
  }

  private BlockReader(
      Vocabulary vocabulary,
      boolean sharedTopic,
      Document document,
      int level,
      @Nullable String branch) {
    this.vocabulary = vocabulary;
    this.sharedTopic = sharedTopic;
    this.document = document;
    this.level = level;
    this.branch = branch;
  }

  /** Reads one item of the document's own list of steps. */
  void read(Fields item) {
    Block block = block(item, 0);
    if (block != null) {
      blocks.add(block);
    }
  }

  /** All steps, those in blocks as well, in the order of the document. */
  List<StepDeclaration> steps() {
    return List.copyOf(steps);
  }

  /** The items of the document's own list. */
  List<Block> blocks() {
    return List.copyOf(blocks);
  }

  /** The bodies of a step with parts, in order; none for other steps. */
  List<BlockReader> bodiesOf(String step) {
    return bodies.getOrDefault(step, List.of());
  }

  /** The name of the branch whose steps these are; null for others. */
  @Nullable String branch() {
    return branch;
  }

  /** The fields of all steps by name, those of bodies as well. */
  Map<String, Fields> allFields() {
    Map<String, Fields> all = new HashMap<>();
    steps.forEach(step -> all.put(step.name(), step.fields()));
    bodies.values().forEach(list -> list.forEach(body -> all.putAll(body.allFields())));
    return all;
  }

  boolean hasBlocks() {
    return hasBlocks;
  }

  /** Whether every step of the document could be read; problems are reported. */
  boolean isComplete() {
    return isComplete;
  }

  /** Null when it has no usable name, which is then reported. */
  private @Nullable Block block(Fields fields, int depth) {
    if (vocabulary.isNew() && fields.value(PARALLEL) != null) {
      hasBlocks = true;
      return parallel(fields, depth);
    }
    document.count++;
    if (document.count > RegistrationReader.MAX_STEPS) {
      if (document.count == RegistrationReader.MAX_STEPS + 1) {
        fields.problem(
            "name",
            "is one step too many: at most %d are allowed, those in blocks counted"
                .formatted(RegistrationReader.MAX_STEPS));
      }
      isComplete = false;
      return null;
    }
    StepDeclaration step = StepDeclaration.read(fields, document.count, sharedTopic, vocabulary);
    if (step == null) {
      isComplete = false;
    } else {
      steps.add(step);
      checkOwner(step);
      readBodies(step);
    }
    Branches branches = step == null ? null : step.expressions().branches();
    if (step == null || branches == null) {
      return step == null ? null : new Block.Single(step);
    }
    hasBlocks = true;
    if (isTooDeep(fields, "choice", depth)) {
      return new Block.Choice(step, List.of());
    }
    return new Block.Choice(
        step,
        branches.branches().stream()
            .map(
                branch ->
                    branch.steps() == null
                        ? List.<Block>of()
                        : chain(branch.fields(), branch.field(), branch.steps(), depth + 1))
            .toList());
  }

  /** Names are unique in the whole document, because topics are. */
  private void checkOwner(StepDeclaration step) {
    BlockReader owner = document.owners.putIfAbsent(step.name(), this);
    if (owner != null && !owner.equals(this)) {
      step.fields()
          .problem(
              "name",
              "the step \"%s\" is defined twice, once in another part".formatted(step.name()));
    }
  }

  private void readBodies(StepDeclaration step) {
    PartsDeclaration parts = step.expressions().parts();
    if (parts == null || parts.bodies().isEmpty()) {
      // Steps that are missing are reported where they are read.
      isComplete &= parts == null || parts.kind().equals(PartsDeclaration.FLOW);
      return;
    }
    if (level == MAX_DEPTH) {
      step.fields()
          .problem(
              parts.kind(),
              "stands in %d other parts: at most %d may stand in each other"
                  .formatted(level, MAX_DEPTH));
      isComplete = false;
      return;
    }
    List<BlockReader> read = new ArrayList<>();
    for (PartsDeclaration.BodyDeclaration declared : parts.bodies()) {
      BlockReader body =
          new BlockReader(vocabulary, sharedTopic, document, level + 1, declared.branch());
      body.blocks.addAll(body.chain(step.fields(), declared.place(), declared.steps(), 0));
      if (declared.steps().elements().isEmpty()) {
        step.fields().problem(declared.steps(), declared.place(), "must have at least one step");
      }
      isComplete &= body.isComplete && !declared.steps().elements().isEmpty();
      read.add(body);
    }
    bodies.put(step.name(), read);
  }

  private @Nullable Block parallel(Fields fields, int depth) {
    vocabulary.refuseUnknownOfStep(fields);
    for (String field : fields.mapping().fields().keySet()) {
      if (!PARALLEL_FIELDS.contains(field)
          && vocabulary.isOfStep(field)
          && fields.value(field) != null) {
        fields.problem(
            field,
            "has no meaning for a parallel block, which does nothing itself: say it of its steps");
      }
    }
    Integer atOnce = fields.integer(AT_ONCE, 1, RegistrationReader.MAX_STEPS);
    Sequence list = fields.list(PARALLEL);
    if (list == null || isTooDeep(fields, PARALLEL, depth)) {
      isComplete = false;
      return null;
    }
    if (list.elements().isEmpty()) {
      fields.problem(PARALLEL, "must have at least one step");
    }
    List<List<Block>> lanes = new ArrayList<>();
    for (int i = 0; i < list.elements().size(); i++) {
      List<Block> lane = lane(fields, i, list.elements().get(i), depth + 1);
      if (!lane.isEmpty()) {
        lanes.add(lane);
      }
    }
    return new Block.Parallel(
        fields,
        blockName(fields),
        fields.texts("dependsOn", StepDeclaration.MAX_DEPENDENCIES, StepDeclaration.MAX_TEXT),
        lanes,
        atOnce == null ? 0 : atOnce);
  }

  private @Nullable String blockName(Fields fields) {
    String name = fields.value("name") == null ? null : StepDeclaration.name(fields);
    if (name != null && !blockNames.add(name)) {
      fields.problem("name", "the block \"" + name + "\" is defined twice");
      isComplete = false;
    }
    return name;
  }

  private List<Block> lane(Fields fields, int index, Located element, int depth) {
    if (element instanceof Mapping mapping) {
      Block block = block(fields.element(PARALLEL, index, mapping), depth);
      return block == null ? List.of() : List.of(block);
    }
    String place = PARALLEL + '[' + index + ']';
    if (element instanceof Sequence chain) {
      if (chain.elements().isEmpty()) {
        fields.problem(chain, place, "must have at least one step");
      }
      return chain(fields, place, chain, depth);
    }
    fields.problem(element, place, "must be a step or a list of steps but is " + element.kind());
    isComplete = false;
    return List.of();
  }

  private List<Block> chain(Fields fields, String place, Sequence list, int depth) {
    List<Block> chain = new ArrayList<>();
    for (int i = 0; i < list.elements().size(); i++) {
      Located element = list.elements().get(i);
      if (element instanceof Mapping mapping) {
        Block block = block(fields.element(place, i, mapping), depth);
        if (block != null) {
          chain.add(block);
        }
      } else {
        fields.problem(
            element,
            place + '[' + i + ']',
            "must be an object with at least a name but is " + element.kind());
        isComplete = false;
      }
    }
    return chain;
  }

  private boolean isTooDeep(Fields fields, String name, int depth) {
    if (depth < MAX_DEPTH) {
      return false;
    }
    fields.problem(
        name,
        "stands in %d other blocks: at most %d may stand in each other"
            .formatted(depth, MAX_DEPTH));
    isComplete = false;
    return true;
  }
}
