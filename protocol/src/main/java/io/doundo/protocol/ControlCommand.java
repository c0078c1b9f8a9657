package io.doundo.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A record of {@code orchestrator.control}.
 *
 * @param controlId makes the request idempotent; null when the record has none, and then the reader
 *     derives one from the record's coordinates
 * @param stepName null for the whole flow, or for every step the action can apply to
 * @param payload RETRY: what replaces the step's input; null when absent. RESOLVE keeps its own in
 *     {@code resolution}
 * @param resolution set exactly for RESOLVE
 * @param signal the name of a signal; set exactly for SIGNAL
 * @param expect what the flow must still be for the request to be carried out, or null
 * @param assignee ASSIGN: the new assignee; null for all candidates
 * @param onBehalfOf SIGNAL: for whom {@code requestedBy} sends it; null for itself
 * @param asOneOf SIGNAL, ASSIGN: the names and groups of a sender who may act only on tasks for one
 *     of these; null for a sender without that limit
 */
public record ControlCommand(
    @Nullable String controlId,
    String flowId,
    ControlAction action,
    @Nullable String stepName,
    @Nullable RawJson payload,
    @Nullable Resolution resolution,
    @Nullable String reason,
    @Nullable String requestedBy,
    @Nullable Expectation expect,
    @Nullable String signal,
    @Nullable String assignee,
    @Nullable String onBehalfOf,
    @Nullable List<String> asOneOf) {

  /** How many names and groups a sender has at most. */
  private static final int MOST_NAMES = 1_000;

  public ControlCommand {
    asOneOf = asOneOf == null ? null : List.copyOf(asOneOf);
  }

  static final int MAX_ID_LENGTH = 255;
  private static final int MAX_REASON_LENGTH = 1_000;
  private static final int MAX_BRANCH = 1_000;

  /** How a step was settled by hand. */
  public enum ResolvedOutcome {
    /** It is done, or undone. */
    DONE,
    /** It had no effect. */
    NO_EFFECT
  }

  /**
   * The outcome of a step that RESOLVE declares.
   *
   * @param result the step's result, or null
   * @param taken whether a step is taken whose condition could not be evaluated; null for other
   *     steps
   * @param branch the index of the branch that a choice takes; null for other steps
   */
  public record Resolution(
      ResolvedOutcome outcome,
      @Nullable RawJson result,
      @Nullable Boolean taken,
      @Nullable Integer branch) {

    public static final Resolution DONE = new Resolution(ResolvedOutcome.DONE, null);

    public Resolution(ResolvedOutcome outcome, @Nullable RawJson result) {
      this(outcome, result, null, null);
    }

    private RawJson encoded() {
      Map<String, RawJson> fields = new LinkedHashMap<>();
      if (taken != null) {
        fields.put("taken", RawJson.trusted(taken.toString().getBytes(UTF_8)));
      } else if (branch != null) {
        fields.put("branch", RawJson.trusted(branch.toString().getBytes(UTF_8)));
      } else {
        put(fields, "outcome", outcome.name());
        if (result != null) {
          fields.put("result", result);
        }
      }
      return Json.object(fields);
    }
  }

  /**
   * The state of the flow that the operator saw. A flow that has changed meanwhile refuses the
   * request as {@code CHANGED_MEANWHILE}.
   *
   * @param statuses the flow's status must be one of these; none for any
   * @param transition the flow's last transition must have this number; 0 for any
   */
  public record Expectation(List<String> statuses, int transition) {

    /** The flow statuses by which a flow can be expected to stand. */
    public static final List<String> STATUSES =
        List.of(
            "WAITING",
            "IN_PROGRESS",
            "COMPLETED",
            "UNDOING",
            "UNDONE",
            "PARKED",
            "ABANDONED",
            "REJECTED");

    public Expectation {
      statuses = List.copyOf(statuses);
    }

    /**
     * Reads {@code {"statuses":["PARKED"],"transition":12}}, of which one may be left out.
     *
     * @param json null when nothing is expected
     */
    static @Nullable Expectation of(@Nullable RawJson json) throws MalformedRecordException {
      RawJson present = Envelope.present(json);
      if (present == null) {
        return null;
      }
      String form = "\"expect\" must be an object with \"statuses\" and \"transition\"";
      if (!present.isObject()) {
        throw new MalformedRecordException(form + " but is " + Json.kind(present));
      }
      Map<String, RawJson> fields = Json.fields(present.bytes());
      RawJson statuses = Envelope.present(fields.remove("statuses"));
      RawJson transition = Envelope.present(fields.remove("transition"));
      if (!fields.isEmpty()) {
        throw new MalformedRecordException(
            form + " but has " + String.join(", ", new TreeSet<>(fields.keySet())));
      }
      if (statuses == null && transition == null) {
        throw new MalformedRecordException(form + " but has neither");
      }
      return new Expectation(
          statuses == null ? List.of() : statuses(statuses),
          transition == null ? 0 : transition(transition));
    }

    private static List<String> statuses(RawJson json) throws MalformedRecordException {
      JsonNode tree = Json.MAPPER.readTree(json.bytes());
      List<String> statuses = new ArrayList<>();
      for (JsonNode status : tree.isArray() ? tree : List.of(tree)) {
        String name = status.isString() ? status.stringValue().toUpperCase(Locale.ROOT) : "";
        if (!STATUSES.contains(name)) {
          throw new MalformedRecordException(
              "expect.statuses must only contain %s but contains %s"
                  .formatted(String.join(", ", STATUSES), Names.shortened(status.toString())));
        }
        statuses.add(name);
      }
      if (statuses.isEmpty()) {
        throw new MalformedRecordException(
            "expect.statuses is empty: omit it, or list some of " + String.join(", ", STATUSES));
      }
      return statuses;
    }

    private static int transition(RawJson json) throws MalformedRecordException {
      String text = json.isScalar() ? Json.text(json) : json.toString();
      return (int) WholeNumber.require("expect.transition", text, 1, Integer.MAX_VALUE);
    }

    private RawJson encoded() {
      Map<String, RawJson> fields = new LinkedHashMap<>();
      if (!statuses.isEmpty()) {
        fields.put("statuses", Json.of(Json.MAPPER.valueToTree(statuses)));
      }
      if (transition > 0) {
        fields.put("transition", RawJson.trusted(Integer.toString(transition).getBytes(UTF_8)));
      }
      return Json.object(fields);
    }
  }

  /** A request of an operator. */
  public ControlCommand(
      @Nullable String controlId,
      String flowId,
      ControlAction action,
      @Nullable String stepName,
      @Nullable RawJson payload,
      @Nullable Resolution resolution,
      @Nullable String reason,
      @Nullable String requestedBy,
      @Nullable Expectation expect) {
    this(
        controlId,
        flowId,
        action,
        stepName,
        payload,
        resolution,
        reason,
        requestedBy,
        expect,
        null,
        null,
        null,
        null);
  }

  /** A request that applies whatever state the flow is in. */
  public ControlCommand(
      @Nullable String controlId,
      String flowId,
      ControlAction action,
      @Nullable String stepName,
      @Nullable RawJson payload,
      @Nullable Resolution resolution,
      @Nullable String reason,
      @Nullable String requestedBy) {
    this(controlId, flowId, action, stepName, payload, resolution, reason, requestedBy, null);
  }

  /**
   * Reads a control record, flat or enveloped.
   *
   * @param value the record's value, null for a tombstone
   * @param key the record's key, or null
   */
  public static ControlCommand decode(
      byte @Nullable [] value, byte @Nullable [] key, HeaderLookup headers)
      throws MalformedRecordException {
    Map<String, RawJson> fields = Json.fields(value == null ? new byte[0] : value);
    RawJson payload = Envelope.present(fields.get("payload"));
    RawJson expect = fields.get("expect");
    RawJson asOneOf = fields.get("asOneOf");
    Map<String, String> body;
    if (Envelope.isEnvelope(fields)) {
      body = Envelope.of(fields).headers();
      Map<String, RawJson> headersOfBody = Json.fields(Envelope.headersOf(fields).bytes());
      expect = headersOfBody.getOrDefault("expect", expect);
      asOneOf = headersOfBody.getOrDefault("asOneOf", asOneOf);
    } else {
      fields.remove("payload");
      body = Json.scalars(Json.object(fields));
    }
    String verb = optional(body, "action", MAX_ID_LENGTH);
    if (verb == null) {
      throw new MalformedRecordException("the control record has no \"action\"");
    }
    ControlAction action = Enums.parse(ControlAction.class, "action", verb);
    String stepName = optional(body, "stepName", MAX_ID_LENGTH);
    boolean resolve = action == ControlAction.RESOLVE;
    boolean isOfTask = action == ControlAction.SIGNAL || action == ControlAction.ASSIGN;
    return new ControlCommand(
        optional(body, "controlId", MAX_ID_LENGTH),
        FlowIds.required(body.get("flowId"), headers, key),
        action,
        stepName == null ? null : Names.requireName("stepName", stepName),
        resolve ? null : payload,
        resolve ? resolution(payload) : null,
        optional(body, "reason", MAX_REASON_LENGTH),
        optional(body, "requestedBy", MAX_ID_LENGTH),
        Expectation.of(expect),
        action == ControlAction.SIGNAL ? signal(body) : null,
        action == ControlAction.ASSIGN ? assignee(body, stepName) : null,
        action == ControlAction.SIGNAL ? optional(body, "onBehalfOf", MAX_ID_LENGTH) : null,
        isOfTask ? names(Envelope.present(asOneOf)) : null);
  }

  private static @Nullable List<String> names(@Nullable RawJson json)
      throws MalformedRecordException {
    if (json == null) {
      return null;
    }
    String form = "\"asOneOf\" must be a list of 1 to " + MOST_NAMES + " names";
    JsonNode tree = Json.MAPPER.readTree(json.bytes());
    if (!tree.isArray() || tree.isEmpty() || tree.size() > MOST_NAMES) {
      throw new MalformedRecordException(form);
    }
    List<String> names = new ArrayList<>();
    for (JsonNode name : tree) {
      if (!name.isString()) {
        throw new MalformedRecordException(
            form + " but contains " + Names.shortened(name.toString()));
      }
      names.add(name.stringValue());
    }
    return names;
  }

  /** An empty text returns the task to all its candidates; a missing one is an error. */
  private static @Nullable String assignee(Map<String, String> body, @Nullable String stepName)
      throws MalformedRecordException {
    if (stepName == null) {
      throw new MalformedRecordException("ASSIGN names no task: add \"stepName\"");
    }
    if (body.get("assignee") == null) {
      throw new MalformedRecordException(
          "ASSIGN does not say who the task is for: add \"assignee\", empty for nobody in particular");
    }
    return optional(body, "assignee", MAX_ID_LENGTH);
  }

  private static String signal(Map<String, String> body) throws MalformedRecordException {
    String name = optional(body, "signal", MAX_ID_LENGTH);
    if (name == null) {
      throw new MalformedRecordException("the signal has no name: add \"signal\"");
    }
    return Names.requireName("signal", name);
  }

  /** A signal to a flow. */
  public static ControlCommand signal(
      @Nullable String controlId,
      String flowId,
      String name,
      @Nullable RawJson payload,
      @Nullable String requestedBy) {
    return signal(controlId, flowId, name, payload, requestedBy, null);
  }

  /**
   * A signal to a flow.
   *
   * @param onBehalfOf for whom it is sent; null for the sender
   */
  public static ControlCommand signal(
      @Nullable String controlId,
      String flowId,
      String name,
      @Nullable RawJson payload,
      @Nullable String requestedBy,
      @Nullable String onBehalfOf) {
    return new ControlCommand(
        controlId,
        flowId,
        ControlAction.SIGNAL,
        null,
        payload,
        null,
        null,
        requestedBy,
        null,
        name,
        null,
        onBehalfOf,
        null);
  }

  /**
   * Assigns a task.
   *
   * @param assignee null for all candidates
   */
  public static ControlCommand assign(
      @Nullable String controlId,
      String flowId,
      String step,
      @Nullable String assignee,
      @Nullable String reason,
      @Nullable String requestedBy,
      @Nullable Expectation expect) {
    return new ControlCommand(
        controlId,
        flowId,
        ControlAction.ASSIGN,
        step,
        null,
        null,
        reason,
        requestedBy,
        expect,
        null,
        assignee,
        null,
        null);
  }

  /** The same request of a sender who may act only on tasks for one of these names. */
  public ControlCommand limitedTo(List<String> names) {
    return new ControlCommand(
        controlId,
        flowId,
        action,
        stepName,
        payload,
        resolution,
        reason,
        requestedBy,
        expect,
        signal,
        assignee,
        onBehalfOf,
        names);
  }

  /** The record value in the flat form. */
  public byte[] encode() {
    Map<String, RawJson> fields = new LinkedHashMap<>();
    put(fields, "controlId", controlId);
    put(fields, "flowId", flowId);
    put(fields, "action", action.name());
    put(fields, "signal", signal);
    put(fields, "stepName", stepName);
    if (payload != null) {
      fields.put("payload", payload);
    }
    if (resolution != null) {
      fields.put("payload", resolution.encoded());
    }
    put(fields, "reason", reason);
    put(fields, "requestedBy", requestedBy);
    put(fields, "onBehalfOf", onBehalfOf);
    if (action == ControlAction.ASSIGN) {
      put(fields, "assignee", assignee == null ? "" : assignee);
    }
    if (expect != null) {
      fields.put("expect", expect.encoded());
    }
    if (asOneOf != null) {
      fields.put("asOneOf", Json.of(Json.MAPPER.valueToTree(asOneOf)));
    }
    return Json.object(fields).bytes();
  }

  /**
   * Reads {@code {"outcome":"DONE"|"NO_EFFECT","result":…}}, both optional, or {@code
   * {"taken":true|false}}, or {@code {"branch":0}}; null means done.
   */
  public static Resolution resolution(@Nullable RawJson payload) throws MalformedRecordException {
    if (payload == null) {
      return Resolution.DONE;
    }
    if (!payload.isObject()) {
      throw new MalformedRecordException(
          "the payload of RESOLVE must be an object with \"outcome\" and \"result\" but is "
              + Json.kind(payload));
    }
    Map<String, RawJson> fields = Json.fields(payload.bytes());
    RawJson outcome = Envelope.present(fields.remove("outcome"));
    RawJson result = Envelope.present(fields.remove("result"));
    RawJson taken = Envelope.present(fields.remove("taken"));
    RawJson branch = Envelope.present(fields.remove("branch"));
    if (!fields.isEmpty()) {
      throw new MalformedRecordException(
          "the payload of RESOLVE has unknown fields: %s; put a step's result into \"result\""
              .formatted(String.join(", ", new TreeSet<>(fields.keySet()))));
    }
    if (outcome != null && !outcome.isString()) {
      throw new MalformedRecordException("\"outcome\" must be DONE or NO_EFFECT");
    }
    if (taken != null || branch != null) {
      if (outcome != null || result != null || (taken != null && branch != null)) {
        throw new MalformedRecordException(
            "the payload of RESOLVE has \"taken\" or \"branch\" alone: a step that is not done yet"
                + " has no outcome");
      }
      return new Resolution(
          ResolvedOutcome.DONE,
          null,
          taken == null ? null : truth(taken),
          branch == null ? null : branch(branch));
    }
    return new Resolution(
        outcome == null
            ? ResolvedOutcome.DONE
            : Enums.parse(ResolvedOutcome.class, "outcome", Json.text(outcome)),
        result);
  }

  private static boolean truth(RawJson taken) throws MalformedRecordException {
    String text = taken.toString();
    if (!text.equals("true") && !text.equals("false")) {
      throw new MalformedRecordException("\"taken\" must be true or false");
    }
    return text.equals("true");
  }

  private static int branch(RawJson branch) throws MalformedRecordException {
    String text = branch.isScalar() ? Json.text(branch) : branch.toString();
    return (int) WholeNumber.require("branch", text, 0, MAX_BRANCH);
  }

  private static @Nullable String optional(Map<String, String> body, String name, int maxLength)
      throws MalformedRecordException {
    String text = body.get(name);
    if (text == null || text.isBlank()) {
      return null;
    }
    if (text.length() > maxLength) {
      throw new MalformedRecordException(
          "\"%s\" must have at most %d characters".formatted(name, maxLength));
    }
    return text;
  }

  private static void put(Map<String, RawJson> fields, String name, @Nullable String text) {
    if (text != null) {
      fields.put(name, Json.string(text));
    }
  }
}
