package io.doundo.orchestrator.definition;

import io.doundo.protocol.http.HttpOutcomes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The work of a step: its kind, with the settings of that kind. */
public sealed interface Work {

  /** The longest wait of a step: about five years. */
  Duration LONGEST_WAIT = Duration.ofDays(5 * 366L);

  Reach reach();

  /** The word for this kind of step in documents. */
  String kind();

  /**
   * A worker is sent DO and UNDO commands, and answers them.
   *
   * @param committed its DO is sent only after the decision to send it is committed
   * @param sharedTopic commands go to {@code orchestrator.event} instead of the step's own topics
   * @param bindings the handler fields of the document ({@code handlerClass}, {@code doMethod}, …),
   *     kept for the workers that read them
   * @param failStep what a plain worker's {@code FAIL_STEP} of its DO means; null for the server's
   *     default
   */
  record Remote(
      boolean committed,
      boolean sharedTopic,
      @Nullable String objectType,
      Map<String, String> bindings,
      @Nullable FailStep failStep)
      implements Work {

    /** Of a step whose document says nothing of its worker. */
    public static final Remote PLAIN = new Remote(false, false, null, Map.of(), null);

    public Remote {
      bindings = Map.copyOf(bindings);
    }

    @Override
    public Reach reach() {
      return Reach.OUTSIDE;
    }

    @Override
    public String kind() {
      return "remote";
    }
  }

  /**
   * The orchestrator's own worker makes an HTTP request, of which the step says everything but the
   * credentials.
   *
   * @param isWebhook whether it is signed with its connection's secret; its receivers recognise a
   *     repeated one by its key
   * @param committed its DO is sent only after the decision to send it is committed
   * @param ok a condition over {@code response}: whether the request succeeded; null for 2xx
   * @param result a JSON value with expressions over {@code response}: the answer; null for the
   *     body of the response
   * @param outcomes the meaning of single statuses
   * @param isIdempotent whether the service recognises a repeated request by its key
   * @param verify how to find out whether the request had its effect; null when there is no way
   */
  record Http(
      boolean isWebhook,
      boolean committed,
      HttpTemplate request,
      @Nullable String ok,
      @Nullable String result,
      HttpOutcomes outcomes,
      boolean isIdempotent,
      @Nullable Verify verify)
      implements Work {

    /** The field of documents that says it, and its word for the kind. */
    public static final String KIND = "http";

    /** The field of documents for a signed request. */
    public static final String WEBHOOK = "webhook";

    /**
     * How to find out whether a request had its effect.
     *
     * @param ok a condition over {@code response}: whether the question was answered; null for 2xx
     * @param done a condition over {@code response}: whether the effect is there
     * @param result a JSON value with expressions over {@code response}: the step's answer if it is
     *     there; null for the body of the response
     * @param settle how long after the deadline of a request its effect may still appear; null for
     *     the default of the connection
     */
    public record Verify(
        HttpTemplate request,
        @Nullable String ok,
        String done,
        @Nullable String result,
        @Nullable Duration settle) {}

    @Override
    public Reach reach() {
      return Reach.OUTSIDE;
    }

    @Override
    public String kind() {
      return isWebhook ? WEBHOOK : KIND;
    }
  }

  /**
   * The step's result is computed from the flow's payload and results.
   *
   * @param template a JSON value with expressions in it
   */
  record Set(String template) implements Work {

    @Override
    public Reach reach() {
      return Reach.INSIDE;
    }

    @Override
    public String kind() {
      return "set";
    }
  }

  /**
   * One of several branches is taken: the first whose condition is true.
   *
   * @param branches the conditions of the branches, in order; null for {@code else}
   */
  record Choose(List<@Nullable String> branches) implements Work {

    public Choose {
      branches = Collections.unmodifiableList(new ArrayList<>(branches));
    }

    @Override
    public Reach reach() {
      return Reach.INSIDE;
    }

    @Override
    public String kind() {
      return "choice";
    }
  }

  /** The step waits. Nothing is sent meanwhile, and nothing has to be undone. */
  sealed interface Waits extends Work {
    @Override
    default Reach reach() {
      return Reach.INSIDE;
    }
  }

  /**
   * The step waits for a length of time.
   *
   * @param lasts how long; null when the template gives it
   * @param template a JSON text with expressions in it that gives the length; null when it is fixed
   */
  record Wait(@Nullable Duration lasts, @Nullable String template) implements Waits {
    public Wait {
      if ((lasts == null) == (template == null)) {
        throw new IllegalArgumentException("a wait has either a length or a template of it");
      }
    }

    @Override
    public String kind() {
      return "wait";
    }
  }

  /**
   * The step waits until a point in time.
   *
   * @param template a JSON text, with or without expressions, that gives the time
   */
  record Until(String template) implements Waits {
    @Override
    public String kind() {
      return "until";
    }
  }

  /**
   * The step waits for a signal, whose payload is its result. Its timeout is the step's; zero means
   * none.
   *
   * @param signal the name of the signal; of a task, the name of its step
   * @param accept the condition under which it accepts a signal; null for any
   * @param task the task whose answer is the signal; null when it is not a task
   */
  record Signal(String signal, @Nullable String accept, @Nullable HumanTask task) implements Waits {

    /** A signal without a task. */
    public Signal(String signal, @Nullable String accept) {
      this(signal, accept, null);
    }

    /** The JSON Schema of the signal's payload, as text; null for any payload. */
    public @Nullable String form() {
      return task == null ? null : task.form();
    }

    @Override
    public String kind() {
      return task == null ? "signal" : "task";
    }
  }

  /**
   * The step fails with the messages of all broken rules, if there are any.
   *
   * @param rules a JSON list of rules, each a condition with a message, or a schema
   */
  record Validate(String rules) implements Work {

    @Override
    public Reach reach() {
      return Reach.INSIDE;
    }

    @Override
    public String kind() {
      return "validate";
    }
  }

  /**
   * The step's work is one or several flows of their own, its parts. A part is a worker with a
   * contract of its own: its start is the DO, its end as {@code COMPLETED} the success, its end as
   * {@code UNDONE} a failure without effect, and its way back the UNDO.
   */
  sealed interface Parts extends Work {

    /** The most parts that a step may run at a time. */
    int MOST_AT_ONCE = 1_000;

    /** How many parts run at a time. */
    int atOnce();

    /** The bodies of the parts, in order; none when another orchestration is the body. */
    List<Body> bodies();

    /**
     * Whether the step puts its result together from those of its parts. It is then merged into
     * payloads under the name of the step, so that two such steps do not overwrite each other.
     */
    default boolean gathers() {
      return true;
    }

    /** The index of the body that a part runs. */
    default int bodyOf(int part) {
      return 0;
    }

    @Override
    default Reach reach() {
      return Reach.CHILD;
    }
  }

  /** One part: a saga inside the saga. */
  record Do(Body body) implements Parts {

    @Override
    public int atOnce() {
      return 1;
    }

    @Override
    public List<Body> bodies() {
      return List.of(body);
    }

    @Override
    public boolean gathers() {
      return false;
    }

    @Override
    public String kind() {
      return "do";
    }
  }

  /**
   * One part: a flow of another orchestration, in the version that is newest when the step begins.
   */
  record Flow(String orchestration) implements Parts {

    @Override
    public int atOnce() {
      return 1;
    }

    @Override
    public List<Body> bodies() {
      return List.of();
    }

    @Override
    public boolean gathers() {
      return false;
    }

    @Override
    public String kind() {
      return "flow";
    }
  }

  /**
   * A part for each item of a list.
   *
   * @param items the expression that gives the list
   * @param as the name of the item in the expressions of the body
   * @param tolerate how many parts may fail
   * @param strict whether the step fails when the results of its parts are too large together
   */
  record ForEach(String items, String as, int atOnce, Tolerance tolerate, boolean strict, Body body)
      implements Parts {

    /** How many parts run at a time when the document does not say. */
    public static final int DEFAULT_AT_ONCE = 20;

    /** The name of the item when the document does not say. */
    public static final String DEFAULT_NAME = "item";

    @Override
    public List<Body> bodies() {
      return List.of(body);
    }

    @Override
    public String kind() {
      return "forEach";
    }
  }

  /**
   * A part for each branch, all at once; the first that completes wins and the others are undone.
   */
  record FirstOf(List<Body> bodies) implements Parts {

    public FirstOf {
      bodies = List.copyOf(bodies);
    }

    @Override
    public int atOnce() {
      return bodies.size();
    }

    @Override
    public int bodyOf(int part) {
      return part;
    }

    @Override
    public String kind() {
      return "firstOf";
    }
  }

  /**
   * One part after the other, until a condition is true.
   *
   * @param every how long after the end of a round the next one begins; zero for at once
   * @param state a JSON value with expressions in it: the state of the first round; null for none
   * @param next a JSON value with expressions in it: the state after a round; null to keep it
   * @param until the condition under which no further round begins; null for never
   * @param most the step fails after so many rounds; 0 for no limit
   * @param newest whether each round runs in the version that is newest when it begins
   */
  record Repeat(
      Duration every,
      @Nullable String state,
      @Nullable String next,
      @Nullable String until,
      int most,
      boolean newest,
      Body body)
      implements Parts {

    /** The most rounds that a document can ask for. */
    public static final int MOST_ROUNDS = 100_000;

    @Override
    public int atOnce() {
      return 1;
    }

    @Override
    public List<Body> bodies() {
      return List.of(body);
    }

    /** Whether it has no limit, so that its parts owe no undo and are released as they end. */
    public boolean isEndless() {
      return most == 0;
    }

    @Override
    public String kind() {
      return "repeat";
    }
  }
}
