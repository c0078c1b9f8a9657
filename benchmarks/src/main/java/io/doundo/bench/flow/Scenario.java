package io.doundo.bench.flow;

import io.doundo.protocol.json.Json;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A kind of flow whose throughput is measured: its steps, the hops that a relay needs for the same,
 * and the end that is the right one.
 */
public enum Scenario {
  SEQUENTIAL("three sequential steps", "seq3", 3, FlowShape.CHAIN, 300),
  PARALLEL("three parallel steps", "par3", 3, FlowShape.FAN, 300),
  CHAIN("a chain of ten steps", "seq10", 10, FlowShape.CHAIN, 300),
  FAN_OUT("a fan-out of ten steps", "par10", 10, FlowShape.FAN, 300),
  UNDO("the third step fails, two are undone", "undo3", 3, FlowShape.CHAIN, 300),
  RETRY("the second step is retried once, after 100 ms", "retry3", 3, FlowShape.CHAIN, 300),
  LARGE("three sequential steps, payloads of 16 KB", "large3", 3, FlowShape.CHAIN, 16 * 1024),
  PATHS("three sequential steps, the input of each a path", "path3", 3, FlowShape.CHAIN, 300),
  EXPRESSIONS(
      "three sequential steps, the input of each computed", "cel3", 3, FlowShape.CHAIN, 300),
  /**
   * No worker serves its steps, so that its flows stay alive; not measured itself. Behind the
   * others, so that their routes are their places in {@link #all}.
   */
  WAITING("three sequential steps that nobody answers", "wait3", 3, FlowShape.CHAIN, 300),
  /**
   * A list of which each item is a flow of one step, and a step behind it. Its flows are not those
   * of a throughput, so it has no route; a trial of its own measures it.
   */
  LIST("a list of flows of one step, and a step", "list", 2, FlowShape.CHAIN, 300);

  private enum FlowShape {
    CHAIN,
    FAN
  }

  /** The step that has the items of a list. */
  static final String ITEMS = "items";

  /** How long the orchestrator waits before it sends the second attempt. */
  private static final int RETRY_DELAY_MS = 100;

  /** How many items of a list are on their way at once. */
  public static final int ITEMS_AT_ONCE = 1_000;

  /** Longer than any run. */
  private static final String NO_TIMEOUT = "12h";

  private final String description;
  private final String orchestration;
  private final int steps;
  private final FlowShape shape;
  private final int payloadBytes;

  Scenario(String description, String orchestration, int steps, FlowShape shape, int payloadBytes) {
    this.description = description;
    this.orchestration = orchestration;
    this.steps = steps;
    this.shape = shape;
    this.payloadBytes = payloadBytes;
  }

  String description() {
    return description;
  }

  public int payloadBytes() {
    return payloadBytes;
  }

  boolean isFan() {
    return shape == FlowShape.FAN;
  }

  int stepCount() {
    return steps;
  }

  /** SDK workers take every command from the beginning, so they have their own orchestration. */
  public String orchestration(Mode mode) {
    return mode == Mode.FULL ? "sdk-" + orchestration : orchestration;
  }

  /** {@code s01} and so on. */
  static String step(int number) {
    return String.format(Locale.ROOT, "s%02d", number);
  }

  /**
   * The command topics that a flow passes, in their order for a chain; without the prefix of an
   * installation.
   */
  public List<String> hops() {
    return switch (this) {
      case UNDO -> List.of(doHop(1), doHop(2), doHop(3), undoHop(2), undoHop(1));
      case RETRY -> List.of(doHop(1), doHop(2), doHop(2), doHop(3));
      case LIST -> List.of(doHop(1), doHop(2), undoHop(2), undoHop(1));
      default -> IntStream.rangeClosed(1, steps).mapToObj(this::doHop).toList();
    };
  }

  /** The topics of a product mode's commands, each once. */
  public List<String> commandTopics(Mode mode) {
    return hops().stream()
        .distinct()
        .map(hop -> "orchestrator." + (mode == Mode.FULL ? "sdk-" : "") + hop)
        .toList();
  }

  private String doHop(int step) {
    return orchestration + '.' + step(step) + ".do";
  }

  private String undoHop(int step) {
    return orchestration + '.' + step(step) + ".undo";
  }

  /** The registration document. */
  byte[] registration(Mode mode) {
    ObjectNode document = Json.MAPPER.createObjectNode();
    document.put("orchestrationName", orchestration(mode));
    document.put("type", isFan() ? "parallel" : "sequential");
    ArrayNode list = document.putArray("steps");
    if (this == LIST) {
      ObjectNode items = list.addObject();
      items.put("name", ITEMS);
      items.put("forEach", "payload.items");
      items.put("atOnce", ITEMS_AT_ONCE);
      ObjectNode item = items.putArray("do").addObject().put("name", step(1));
      item.putObject("input").put("n", "{{ index }}");
      list.addObject().put("name", step(2)).putObject("input").put("done", true);
      return Json.MAPPER.writeValueAsBytes(document);
    }
    for (int i = 1; i <= steps; i++) {
      ObjectNode step = list.addObject();
      step.put("name", step(i));
      if (this == WAITING) {
        step.put("timeout", NO_TIMEOUT);
      }
      if (this == PATHS) {
        step.put("input", "{{ " + lastPayload(i) + " }}");
      }
      if (this == EXPRESSIONS) {
        step.put("input", "{{ merge(payload, " + lastPayload(i) + ") }}");
      }
      if (this == RETRY && i == 2) {
        ObjectNode retry = step.putObject("retry");
        retry.put("maxAttempts", 3);
        retry.put("strategy", "fixed");
        retry.put("delay", RETRY_DELAY_MS);
        retry.put("jitter", 0);
      }
    }
    return Json.MAPPER.writeValueAsBytes(document);
  }

  /** The payloads of the starts of flows by their numbers, as JSON; no two are alike. */
  public IntFunction<byte[]> payloads() {
    return FlowMessage.Starts.payloads(this)::value;
  }

  /** The path of the previous step's result, which is a payload like the start's. */
  private static String lastPayload(int step) {
    return step == 1 ? "payload" : "steps." + step(step - 1) + ".result";
  }

  /** The number by which a message names its scenario, one digit. */
  int route() {
    return List.of(values()).indexOf(this);
  }

  /** All that are measured, in the order of their routes. */
  public static List<Scenario> all() {
    return Stream.of(values()).filter(scenario -> scenario != WAITING && scenario != LIST).toList();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
