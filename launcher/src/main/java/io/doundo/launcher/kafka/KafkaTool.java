package io.doundo.launcher.kafka;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Kafka's own tools, under the names of its scripts without {@code kafka-} and {@code .sh}. */
enum KafkaTool {
  ACLS("org.apache.kafka.tools.AclCommand", "access control lists"),
  BROKER_API_VERSIONS(
      "org.apache.kafka.tools.BrokerApiVersionsCommand", "API versions of a broker"),
  CLIENT_METRICS("org.apache.kafka.tools.ClientMetricsCommand", "client metrics subscriptions"),
  CLUSTER("org.apache.kafka.tools.ClusterTool", "cluster id and brokers"),
  CONFIGS("kafka.admin.ConfigCommand", "settings of topics, brokers, users"),
  CONSOLE_CONSUMER("org.apache.kafka.tools.consumer.ConsoleConsumer", "print a topic's records"),
  CONSOLE_PRODUCER("org.apache.kafka.tools.ConsoleProducer", "send one record per line"),
  CONSOLE_SHARE_CONSUMER(
      "org.apache.kafka.tools.consumer.ConsoleShareConsumer", "print records of a share group"),
  CONSUMER_GROUPS(
      "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", "groups, offsets and lag"),
  CONSUMER_PERF_TEST("org.apache.kafka.tools.ConsumerPerformance", "measure consuming"),
  DELEGATION_TOKENS("org.apache.kafka.tools.DelegationTokenCommand", "delegation tokens"),
  DELETE_RECORDS("org.apache.kafka.tools.DeleteRecordsCommand", "delete records up to an offset"),
  DUMP_LOG("org.apache.kafka.tools.DumpLogSegments", "read log segment files"),
  E2E_LATENCY("org.apache.kafka.tools.EndToEndLatency", "measure latency"),
  FEATURES("org.apache.kafka.tools.FeatureCommand", "feature levels"),
  GET_OFFSETS("org.apache.kafka.tools.GetOffsetShell", "first and last offsets of a topic"),
  GROUPS("org.apache.kafka.tools.GroupsCommand", "groups of every kind"),
  JMX("org.apache.kafka.tools.JmxTool", "read metrics over JMX"),
  LEADER_ELECTION("org.apache.kafka.tools.LeaderElectionCommand", "elect partition leaders"),
  LOG_DIRS("org.apache.kafka.tools.LogDirsCommand", "sizes of log directories"),
  METADATA_QUORUM("org.apache.kafka.tools.MetadataQuorumCommand", "state of the controllers"),
  PRODUCER_PERF_TEST("org.apache.kafka.tools.ProducerPerformance", "measure producing"),
  REASSIGN_PARTITIONS(
      "org.apache.kafka.tools.reassign.ReassignPartitionsCommand", "move partitions"),
  REPLICA_VERIFICATION("org.apache.kafka.tools.ReplicaVerificationTool", "compare replicas"),
  SHARE_CONSUMER_PERF_TEST("org.apache.kafka.tools.ShareConsumerPerformance", "measure sharing"),
  SHARE_GROUPS("org.apache.kafka.tools.consumer.group.ShareGroupCommand", "share groups"),
  STORAGE("kafka.tools.StorageTool", "format and describe storage directories"),
  STREAMS_APPLICATION_RESET(
      "org.apache.kafka.tools.StreamsResetter", "reset a Streams application"),
  STREAMS_GROUPS("org.apache.kafka.tools.streams.StreamsGroupCommand", "Streams groups"),
  TOPICS("org.apache.kafka.tools.TopicCommand", "list, create, describe and delete topics"),
  TRANSACTIONS("org.apache.kafka.tools.TransactionsCommand", "find and abort transactions"),
  VERIFIABLE_CONSUMER("org.apache.kafka.tools.VerifiableConsumer", "consume and report as JSON"),
  VERIFIABLE_PRODUCER("org.apache.kafka.tools.VerifiableProducer", "produce and report as JSON");

  private static final String BROKER_LIST = "--broker-list";
  private static final String BOOTSTRAP_SERVER = "--bootstrap-server";

  private final String className;
  private final String purpose;

  KafkaTool(String className, String purpose) {
    this.className = className;
    this.purpose = purpose;
  }

  String className() {
    return className;
  }

  String purpose() {
    return purpose;
  }

  String commandName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Finds a tool by its short name or by the file name of Kafka's script. */
  static Optional<KafkaTool> named(String name) {
    String withoutSuffix = name.endsWith(".sh") ? name.substring(0, name.length() - 3) : name;
    String plain =
        withoutSuffix.startsWith("kafka-")
            ? withoutSuffix.substring("kafka-".length())
            : withoutSuffix;
    return Arrays.stream(values()).filter(tool -> tool.commandName().equals(plain)).findFirst();
  }

  /**
   * The arguments as this version of the tool understands them: Kafka 4 has dropped {@code
   * --broker-list} for the address of the broker, which older instructions still use. Everything
   * else is passed on as it is.
   */
  List<String> translated(List<String> arguments) {
    return usesBrokerListItself()
        ? arguments
        : arguments.stream().map(KafkaTool::withoutBrokerList).toList();
  }

  /** To these tools {@code --broker-list} means broker ids, or is still the only spelling. */
  private boolean usesBrokerListItself() {
    return switch (this) {
      case LOG_DIRS, REASSIGN_PARTITIONS, REPLICA_VERIFICATION -> true;
      default -> false;
    };
  }

  private static String withoutBrokerList(String argument) {
    if (argument.equals(BROKER_LIST)) {
      return BOOTSTRAP_SERVER;
    }
    return argument.startsWith(BROKER_LIST + '=')
        ? BOOTSTRAP_SERVER + argument.substring(BROKER_LIST.length())
        : argument;
  }
}
