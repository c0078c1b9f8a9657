package io.doundo.protocol;

/** The names of all topics. Names are part of the wire and do not change. */
public final class Topics {

  public static final String REGISTRATION = "orchestrator.registration";
  public static final String REGISTRATION_STATUS = "orchestrator.registration.status";
  public static final String EXECUTION_START = "orchestrator.execution.start";
  public static final String RESPONSE = "orchestrator.response.result";
  public static final String CONTROL = "orchestrator.control";
  public static final String FLOW_EVENTS = "orchestrator.flow.events";
  public static final String DEFINITIONS = "orchestrator.definitions";

  /** Bulk jobs: what they do, their flows, and how far they are. */
  public static final String JOBS = "orchestrator.jobs";

  /** Documents with parameters, of which orchestrations are made. */
  public static final String TEMPLATES = "orchestrator.templates";

  /** The states of schedules, for those who read them; the engine has its own. */
  public static final String SCHEDULES = "orchestrator.schedules";

  /** The states of circuit breakers, which every task of the engine reads. */
  public static final String BREAKERS = "orchestrator.breakers";

  /** The deliveries of notifications to their receivers. */
  public static final String NOTIFICATIONS = "orchestrator.notifications";

  public static final String REKEY = "orchestrator.rekey";
  public static final String ARCHIVE = "orchestrator.archive";
  public static final String DEAD_LETTER = "orchestrator.dead-letter";

  /** The commands of http and webhook steps, DO and UNDO. */
  public static final String HTTP = "orchestrator.http";

  /** Where the commands of steps with {@code sharedTopic: true} go. */
  public static final String SHARED_EVENT = "orchestrator.event";

  /** Events that start or signal flows, as the triggers of orchestrations say. */
  public static final String TRIGGER = "orchestrator.trigger";

  private Topics() {}

  /** The topic of a step's DO commands. */
  public static String doTopic(String orchestration, String step) {
    return "orchestrator." + orchestration + '.' + step + ".do";
  }

  /** The topic of a step's UNDO commands. */
  public static String undoTopic(String orchestration, String step) {
    return "orchestrator." + orchestration + '.' + step + ".undo";
  }

  /**
   * The topic of a step's commands.
   *
   * @param isShared whether the step says {@code sharedTopic: true}
   */
  public static String commandTopic(
      String orchestration, String step, CommandAction action, boolean isShared) {
    if (isShared) {
      return SHARED_EVENT;
    }
    return action == CommandAction.DO
        ? doTopic(orchestration, step)
        : undoTopic(orchestration, step);
  }

  /** Whether it is the topic of a step's commands. */
  public static boolean isOfStep(String topic) {
    return topic.startsWith("orchestrator.")
        && (topic.endsWith(".do") || topic.endsWith(".undo"))
        && topic.chars().filter(c -> c == '.').count() == 3;
  }

  /**
   * A topic's name as Kafka's metrics show it. Two topics with the same one cannot exist together:
   * the broker refuses the second.
   */
  public static String metricName(String topic) {
    return topic.replace('.', '_');
  }

  /** Why a topic cannot be created beside another of the same metric name. */
  public static String collision(String topic, String other) {
    return "the topic "
        + topic
        + " collides with "
        + other
        + ": Kafka's metrics cannot tell '.' from '_' in topic names, so rename the orchestration or"
        + " the step";
  }
}
