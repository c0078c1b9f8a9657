package io.doundo.orchestrator.app;

import io.doundo.orchestrator.definition.FailStep;
import io.doundo.orchestrator.query.tail.FlowIndex;
import io.doundo.protocol.text.DurationText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Everything that can be configured. A wrong value stops the start with a sentence that names it.
 *
 * @param kafka How to reach the broker.
 * @param stateDir Where the engine keeps its stores and its identity. Must survive a restart, and
 *     each instance needs its own.
 * @param partitions Partition count of the topics that carry flows. Fixed for the life of an
 *     installation; a difference from the existing topics stops the start.
 * @param replicationFactor Replication factor of every topic created; -1 means the broker's
 *     default.
 * @param stepTopics Settings of the command topics that are created for each step.
 * @param engine Settings of the engine.
 * @param inputRetention How long start events, answers and control records are kept. Records that
 *     arrive while no instance runs are lost after that time, so it cannot be shorter than seven
 *     days.
 * @param archiveRetention How long ended flows are kept. An undo window cannot be longer.
 * @param audit Whether every transition of every flow is written to the audit log. When disabled,
 *     waiting for a flow, its timeline and its event stream are not available.
 * @param auditRetention How long the audit log and dead letters are kept.
 * @param advertisedAddress The host:port under which other instances reach this one; needed only
 *     with several instances.
 * @param limits What a single flow may hold.
 * @param search The in-memory read model behind the lists of flows.
 * @param api Access to the API.
 * @param console The console.
 */
@ConfigurationProperties("doundo")
public record DoundoProperties(
    @DefaultValue Kafka kafka,
    @DefaultValue("./data/streams") Path stateDir,
    @DefaultValue("12") int partitions,
    @DefaultValue("-1") int replicationFactor,
    @DefaultValue StepTopicDefaults stepTopics,
    @DefaultValue Engine engine,
    @DefaultValue("7d") Duration inputRetention,
    @DefaultValue("7d") Duration archiveRetention,
    @DefaultValue("on") boolean audit,
    @DefaultValue("30d") Duration auditRetention,
    @Nullable String advertisedAddress,
    @DefaultValue Limits limits,
    @DefaultValue Search search,
    @DefaultValue Api api,
    @DefaultValue Console console) {

  private static final int MOST_PARTITIONS = 1_000;
  private static final Duration SHORTEST_INPUT_RETENTION = Duration.ofDays(7);

  public DoundoProperties {
    require(
        partitions >= 1 && partitions <= MOST_PARTITIONS,
        "doundo.partitions must be 1 to " + MOST_PARTITIONS + ", but is " + partitions);
    requireReplication("doundo.replication-factor", replicationFactor);
    require(
        inputRetention.compareTo(SHORTEST_INPUT_RETENTION) >= 0,
        "doundo.input-retention must be at least 7 days, but is "
            + DurationText.of(inputRetention)
            + ": records that arrive while no instance runs are lost after that time");
    requirePositive("doundo.archive-retention", archiveRetention);
    require(
        engine.repairWindow(archiveRetention).compareTo(archiveRetention) <= 0,
        "doundo.engine.repair-window is %s, longer than the %s that ended flows are kept (doundo.archive-retention): shorten it or raise doundo.archive-retention"
            .formatted(
                DurationText.of(engine.repairWindow(archiveRetention)),
                DurationText.of(archiveRetention)));
    requirePositive("doundo.audit-retention", auditRetention);
    require(
        advertisedAddress == null || advertisedAddress.matches("\\S+:\\d{1,5}"),
        "doundo.advertised-address must look like host:port, but is \"" + advertisedAddress + '"');
  }

  /**
   * How to reach the broker.
   *
   * @param bootstrapServers One or more host:port, separated by commas.
   * @param properties Passed to every Kafka client as they are: TLS, SASL, and the like.
   */
  public record Kafka(
      @DefaultValue("localhost:9092") String bootstrapServers,
      @DefaultValue Map<String, String> properties) {
    public Kafka {
      require(
          bootstrapServers.matches("[^\\s,]+:\\d{1,5}(\\s*,\\s*[^\\s,]+:\\d{1,5})*"),
          "doundo.kafka.bootstrap-servers must be a list of host:port, but is \""
              + bootstrapServers
              + '"');
      properties = Map.copyOf(properties);
    }
  }

  /**
   * What a single flow may hold.
   *
   * @param items The most items that the list of a forEach may have; a longer one fails its step.
   */
  public record Limits(@DefaultValue("1000") int items) {
    private static final int MOST_ITEMS = 10_000;

    public Limits {
      require(
          items >= 1 && items <= MOST_ITEMS,
          "doundo.limits.items must be 1 to " + MOST_ITEMS + ", but is " + items);
    }
  }

  /**
   * The command topics of steps.
   *
   * @param partitions Partition count of each new step topic; 0 means doundo.partitions.
   * @param retention How long a step's commands are kept.
   * @param maxPartitionsPerRegistration The most partitions that one registration may create.
   * @param maxPartitions The most partitions that the topics of all steps may have together.
   */
  public record StepTopicDefaults(
      @DefaultValue("0") int partitions,
      @DefaultValue("7d") Duration retention,
      @DefaultValue("5000") int maxPartitionsPerRegistration,
      @DefaultValue("20000") int maxPartitions) {
    public StepTopicDefaults {
      require(
          partitions >= 0 && partitions <= MOST_PARTITIONS,
          "doundo.step-topics.partitions must be 0 to "
              + MOST_PARTITIONS
              + ", but is "
              + partitions);
      requirePositive("doundo.step-topics.retention", retention);
      require(
          maxPartitionsPerRegistration >= 1,
          "doundo.step-topics.max-partitions-per-registration must be at least 1, but is "
              + maxPartitionsPerRegistration);
      require(
          maxPartitions >= 1,
          "doundo.step-topics.max-partitions must be at least 1, but is " + maxPartitions);
    }
  }

  /**
   * The engine.
   *
   * @param threads Stream threads of this instance.
   * @param standbyReplicas Warm copies of each flow's state on other instances.
   * @param definitionWait How long a start waits for its orchestration to be registered.
   * @param hold How long an answer or control record of an unknown flow is held for its start.
   * @param repairWindow How long after a flow's end its late effects are repaired; at most, and by
   *     default, doundo.archive-retention. How long an operator may undo is the undoWindow of each
   *     orchestration.
   * @param failStep What a plain worker's FAIL_STEP of a DO means where the step does not say:
   *     FINAL, failed for good; or RETRY, failed this time.
   */
  public record Engine(
      @DefaultValue("1") int threads,
      @DefaultValue("0") int standbyReplicas,
      @DefaultValue("60s") Duration definitionWait,
      @DefaultValue("30s") Duration hold,
      @Nullable Duration repairWindow,
      @DefaultValue("FINAL") FailStep failStep) {
    public Engine {
      require(
          threads >= 1 && threads <= 64,
          "doundo.engine.threads must be 1 to 64, but is " + threads);
      require(
          standbyReplicas >= 0 && standbyReplicas <= 5,
          "doundo.engine.standby-replicas must be 0 to 5, but is " + standbyReplicas);
      requirePositive("doundo.engine.definition-wait", definitionWait);
      requirePositive("doundo.engine.hold", hold);
      if (repairWindow != null) {
        requirePositive("doundo.engine.repair-window", repairWindow);
      }
    }

    /** The repair window, which is as long as ended flows are kept unless it is set. */
    public Duration repairWindow(Duration archiveRetention) {
      return repairWindow == null ? archiveRetention : repairWindow;
    }
  }

  /**
   * The read model behind lists of flows.
   *
   * @param enabled Whether flow lists are available.
   * @param maxFlows The most flows kept in memory; beyond it, the oldest ended ones are not listed.
   *     Without it, as many as fit into 15 % of the heap, up to 1,000,000.
   */
  public record Search(@DefaultValue("true") boolean enabled, @Nullable Integer maxFlows) {
    private static final int MOST_BY_DEFAULT = 1_000_000;
    private static final double SHARE_OF_HEAP = 0.15;

    public Search {
      require(
          maxFlows == null || maxFlows >= 1,
          "doundo.search.max-flows must be at least 1, but is " + maxFlows);
    }

    /**
     * The most flows kept in memory.
     *
     * @param heapBytes the largest heap of this process
     */
    int mostFlows(long heapBytes) {
      if (maxFlows != null) {
        return maxFlows;
      }
      double room = SHARE_OF_HEAP * heapBytes / FlowIndex.BYTES_PER_FLOW;
      return (int) Math.max(1, Math.min(MOST_BY_DEFAULT, room));
    }
  }

  /**
   * Access to the API.
   *
   * @param keys The API keys. Without any way to log in, the server listens on the loopback
   *     interface only and treats every request as an administrator's.
   * @param keysFile A YAML file with more keys under "keys:". It is read again when it changes.
   * @param allowedHosts Further names under which this server is reached when nobody needs to log
   *     in, as they stand in the Host header.
   * @param secret The secret with which instances sign sessions and their reads of each other's
   *     flows; the same for all of them, at least 32 characters. Needed with keys and several
   *     instances.
   * @param secretFile A file that holds the secret, instead of the secret itself.
   * @param payloads Which roles see payloads.
   * @param oauth2 The server that authenticates people and services without a key here.
   * @param dashboardCompat Whether the paths that existing dashboards share with this API answer as
   *     those dashboards expect. The console and the command line are answered as always.
   * @param dashboardZone The time zone of the local times that dashboards are shown, such as
   *     Europe/Berlin; by default, the server's.
   * @param adHocDefinitions How many different sets of steps may come with requests of the workflow
   *     framework. Each is kept as a definition.
   */
  public record Api(
      @DefaultValue List<Key> keys,
      @Nullable Path keysFile,
      @DefaultValue List<String> allowedHosts,
      @Nullable String secret,
      @Nullable Path secretFile,
      @DefaultValue Payloads payloads,
      @Nullable OAuth2 oauth2,
      @DefaultValue("false") boolean dashboardCompat,
      @Nullable ZoneId dashboardZone,
      @DefaultValue("10000") int adHocDefinitions) {
    private static final int SHORTEST_SECRET = 32;

    public Api {
      require(
          secret == null || secretFile == null,
          "doundo.api.secret and doundo.api.secret-file are both set; remove one of them");
      String from = secretFile == null ? "doundo.api.secret" : "the file of doundo.api.secret-file";
      secret = secretFile == null ? secret : read(secretFile);
      require(
          secret == null || secret.length() >= SHORTEST_SECRET,
          from + " must have at least " + SHORTEST_SECRET + " characters");
      require(adHocDefinitions >= 0, "doundo.api.ad-hoc-definitions must not be negative");
      keys = List.copyOf(keys);
      allowedHosts = List.copyOf(allowedHosts);
      Key.requireConsistent("doundo.api.keys", keys);
    }

    /** Whether callers must say who they are; otherwise everybody is an administrator. */
    public boolean asksForLogin() {
      return !keys.isEmpty() || keysFile != null || oauth2 != null;
    }

    private static String read(Path file) {
      try {
        return Files.readString(file).strip();
      } catch (IOException e) {
        throw new IllegalArgumentException("doundo.api.secret-file cannot be read: " + e);
      }
    }

    /** Without the secret, because settings are logged. */
    @Override
    public String toString() {
      return "Api[keys="
          + keys
          + ", keysFile="
          + keysFile
          + ", allowedHosts="
          + allowedHosts
          + ", payloads="
          + payloads
          + ", oauth2="
          + oauth2
          + ", dashboardCompat="
          + dashboardCompat
          + ", dashboardZone="
          + dashboardZone
          + ", adHocDefinitions="
          + adHocDefinitions
          + ']';
    }
  }

  /**
   * A server of OAuth 2 and OpenID Connect. Services send its access tokens, as Authorization:
   * Bearer; people log in to the console there.
   *
   * @param issuer Its address, as its tokens name it.
   * @param jwkSet The address of its keys; by default, the one in the issuer's metadata.
   * @param audience The audience that tokens for this server name. Without it, bearer tokens are
   *     refused.
   * @param nameClaim The claim with the caller's name.
   * @param rolesClaim The claim with the caller's roles; dots lead into objects.
   * @param groupsClaim The claim with the caller's groups, for tasks.
   * @param roles Which names in that claim mean which role. Without any, VIEWER, OPERATOR, ADMIN
   *     and TASKS mean themselves.
   * @param clientId The id of this server as a client there. Without it, nobody logs in to the
   *     console there.
   * @param clientSecret The client's secret; none for a public client.
   * @param scopes The scopes that a login requests.
   */
  public record OAuth2(
      String issuer,
      @Nullable String jwkSet,
      @Nullable String audience,
      @DefaultValue("sub") String nameClaim,
      @DefaultValue("roles") String rolesClaim,
      @Nullable String groupsClaim,
      @DefaultValue Map<String, Role> roles,
      @Nullable String clientId,
      @Nullable String clientSecret,
      @DefaultValue({"openid", "profile"}) List<String> scopes) {
    public OAuth2 {
      require(
          issuer != null && issuer.matches("https?://\\S+"),
          "doundo.api.oauth2.issuer must be the address of the issuer, but is " + issuer);
      require(
          audience != null || clientId != null,
          "doundo.api.oauth2 needs an audience (for bearer tokens), a client-id (for the console's"
              + " login), or both");
      require(
          clientId == null || scopes.contains("openid"),
          "doundo.api.oauth2.scopes must contain openid");
      roles = Map.copyOf(roles);
      scopes = List.copyOf(scopes);
    }

    /** Without the client's secret, because settings are logged. */
    @Override
    public String toString() {
      return "OAuth2[issuer=" + issuer + ", audience=" + audience + ", clientId=" + clientId + ']';
    }
  }

  /**
   * Which roles see the payloads of flows: what they were started with, the results of their steps,
   * the forms of tasks, and the values of dead letters. TASKS always sees the forms of its tasks.
   *
   * @param viewer For VIEWER: shown; on-demand, shown on request and recorded; or hidden.
   * @param operator For OPERATOR.
   * @param admin For ADMIN.
   */
  public record Payloads(
      @DefaultValue("shown") Visibility viewer,
      @DefaultValue("shown") Visibility operator,
      @DefaultValue("shown") Visibility admin) {}

  /** How payloads are shown; of several roles the one that shows more counts. */
  public enum Visibility {
    /** Never sent. */
    HIDDEN,
    /** Sent when the request asks for them; each such read is recorded. */
    ON_DEMAND,
    /** Always sent. */
    SHOWN
  }

  /**
   * The console.
   *
   * @param plainHttp Whether people may log in over http from other machines: everybody on the way
   *     can read the key and the session.
   * @param traceUrl Where the trace of a flow is shown, with {traceId} in the place of its id. The
   *     console links each flow to it.
   */
  public record Console(@DefaultValue("false") boolean plainHttp, @Nullable String traceUrl) {

    private static final Pattern TRACE_URL = Pattern.compile("https?://[^/\\s]\\S*");

    public Console {
      require(
          traceUrl == null
              || (TRACE_URL.matcher(traceUrl).matches() && traceUrl.contains("{traceId}")),
          "doundo.console.trace-url must look like http://host/trace/{traceId}, but is \""
              + traceUrl
              + '"');
    }
  }

  /**
   * One API key, of which only the hash is configured. To rotate a key, configure the new one under
   * the same name, let the old one expire, and remove it.
   *
   * @param name Who uses the key, as recorded in the audit log. Several keys of one name belong to
   *     the same user.
   * @param sha256 SHA-256 of the key in hexadecimal, as printed by sha256sum. The key itself should
   *     be long and random.
   * @param role What it may do; one or more roles.
   * @param groups The groups its user belongs to; tasks may be for a group.
   * @param permissions What it may do besides: act-as, complete tasks and send signals on behalf of
   *     others.
   * @param expiresAt The time from which it is refused, such as 2027-01-31T00:00:00Z.
   */
  public record Key(
      String name,
      String sha256,
      List<Role> role,
      @DefaultValue List<String> groups,
      @DefaultValue List<Permission> permissions,
      @Nullable Instant expiresAt) {
    private static final Pattern NAME = Pattern.compile("[\\w.@-]{1,64}");
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

    public Key {
      require(
          name != null && NAME.matcher(name).matches(),
          "doundo.api.keys[].name must have 1 to 64 letters, digits and . _ @ -, but is " + name);
      require(sha256 != null, "doundo.api.keys[].sha256 of the key " + name + " is missing");
      sha256 = sha256.toLowerCase(Locale.ROOT);
      require(
          SHA_256.matcher(sha256).matches(),
          "doundo.api.keys[].sha256 of the key "
              + name
              + " must be the 64 hexadecimal digits of the key's SHA-256, not the key itself");
      require(
          role != null && !role.isEmpty(),
          "doundo.api.keys[].role of the key "
              + name
              + " must be VIEWER, OPERATOR, ADMIN or TASKS");
      role = List.copyOf(role);
      groups = List.copyOf(groups);
      permissions = List.copyOf(permissions);
      for (String group : groups) {
        require(
            !group.isBlank(), "doundo.api.keys[].groups of the key " + name + " has an empty name");
      }
    }

    /** Refuses keys of which one name or one hash says two things. */
    public static void requireConsistent(String where, List<Key> keys) {
      Map<String, Key> byName = new HashMap<>();
      Map<String, Key> byHash = new HashMap<>();
      for (Key key : keys) {
        Key same = byHash.put(key.sha256, key);
        require(
            same == null,
            "%s has the same key twice, under the names %s and %s"
                .formatted(where, same == null ? "" : same.name, key.name));
        Key other = byName.putIfAbsent(key.name, key);
        require(
            other == null || other.mayAsMuchAs(key),
            "%s has two keys named %s with different roles, groups or permissions; keys of one name belong to one user, so they must agree"
                .formatted(where, key.name));
      }
    }

    private boolean mayAsMuchAs(Key other) {
      return Set.copyOf(role).equals(Set.copyOf(other.role))
          && Set.copyOf(groups).equals(Set.copyOf(other.groups))
          && Set.copyOf(permissions).equals(Set.copyOf(other.permissions));
    }
  }

  /** What a key may do beside what its role allows. */
  public enum Permission {
    /** Complete tasks and send signals on behalf of others. */
    ACT_AS
  }

  /** What a key may do; each role includes those before it, but for TASKS. */
  public enum Role {
    /** Read. */
    VIEWER,
    /** Start flows and control them. */
    OPERATOR,
    /** Register orchestrations. */
    ADMIN,
    /** See and complete the tasks that are for it or one of its groups, and nothing else. */
    TASKS
  }

  private static void requirePositive(String key, Duration value) {
    require(value.compareTo(Duration.ZERO) > 0, key + " must be longer than zero, but is " + value);
  }

  private static void requireReplication(String key, int value) {
    require(
        value == -1 || (value >= 1 && value <= Short.MAX_VALUE),
        key + " must be at least 1, or -1 for the broker's default, but is " + value);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
