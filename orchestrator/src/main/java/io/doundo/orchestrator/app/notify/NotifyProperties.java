package io.doundo.orchestrator.app.notify;

import io.doundo.orchestrator.definition.Receiver;
import io.doundo.orchestrator.definition.Receiver.Occasion;
import io.doundo.orchestrator.notify.RetryRules;
import io.doundo.orchestrator.notify.delivery.Notifier.NotifierSettings;
import io.doundo.protocol.Names;
import io.doundo.protocol.json.Json;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import tools.jackson.core.JacksonException;

/**
 * The notifications.
 *
 * @param enabled Whether this instance tells receivers. The deliveries are shown all the same.
 * @param receivers Who is told about every orchestration.
 * @param timeout How long one attempt may take.
 * @param giveUpAfter How long a delivery is tried.
 * @param atOnce How many deliveries to one address are sent at the same time.
 * @param maxPending How many deliveries to one address may wait on one instance; further ones are
 *     given up at once and can be sent again.
 * @param maxPendingBytes What the bodies of all deliveries that wait may take together, on all
 *     instances; further ones are given up at once and can be sent again.
 * @param history How many delivered ones each instance keeps in memory, and how many given up ones.
 */
@ConfigurationProperties("doundo.notify")
public record NotifyProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue List<ReceiverSettings> receivers,
    @DefaultValue("10s") Duration timeout,
    @DefaultValue("24h") Duration giveUpAfter,
    @DefaultValue("20") int atOnce,
    @DefaultValue("20000") int maxPending,
    @DefaultValue("64MB") DataSize maxPendingBytes,
    @DefaultValue("10000") int history) {

  private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofDays(6);
  private static final int MOST = 100_000;
  private static final DataSize LEAST_BYTES = DataSize.ofMegabytes(1);
  private static final DataSize MOST_BYTES = DataSize.ofGigabytes(1);

  /**
   * A receiver.
   *
   * @param name Unique; in the ids of deliveries. By default, the connection.
   * @param on What it is told of.
   * @param connection A connection of doundo.http.connections, with a signing-secret.
   * @param url What follows the connection's URL.
   * @param when A condition over event.
   * @param body JSON with expressions over event.
   */
  public record ReceiverSettings(
      @Nullable String name,
      List<Occasion> on,
      String connection,
      @DefaultValue("") String url,
      @Nullable String when,
      @Nullable String body) {}

  public NotifyProperties {
    require(
        timeout.compareTo(Duration.ofMillis(100)) >= 0 && timeout.compareTo(LONGEST_TIMEOUT) <= 0,
        "doundo.notify.timeout must be 100ms to 1m, but is " + timeout);
    // Deliveries are kept for seven days after their last change, or longer.
    require(
        giveUpAfter.compareTo(Duration.ofSeconds(1)) >= 0 && giveUpAfter.compareTo(LONGEST) <= 0,
        "doundo.notify.give-up-after must be 1s to 6d, but is " + giveUpAfter);
    require(
        atOnce >= 1 && atOnce <= 1_000,
        "doundo.notify.at-once must be 1 to 1000, but is " + atOnce);
    require(
        maxPending >= 1 && maxPending <= MOST,
        "doundo.notify.max-pending must be 1 to %d, but is %d".formatted(MOST, maxPending));
    require(
        maxPendingBytes.compareTo(LEAST_BYTES) >= 0 && maxPendingBytes.compareTo(MOST_BYTES) <= 0,
        "doundo.notify.max-pending-bytes must be 1MB to 1GB, but is " + maxPendingBytes);
    require(
        history >= 1 && history <= MOST,
        "doundo.notify.history must be 1 to %d, but is %d".formatted(MOST, history));
    receivers = List.copyOf(receivers);
    Set<String> names = new HashSet<>();
    for (ReceiverSettings receiver : receivers) {
      String name = check(receiver);
      require(
          names.add(name),
          "doundo.notify.receivers has two of the name %s; give each its own name".formatted(name));
    }
  }

  private static String check(ReceiverSettings receiver) {
    require(
        receiver.connection() != null && !receiver.connection().isBlank(),
        "doundo.notify.receivers[].connection is missing");
    String name = receiver.name() == null ? receiver.connection() : receiver.name();
    String refusal = Names.refuse(name);
    require(refusal == null, "doundo.notify.receivers[].name \"" + name + "\" " + refusal);
    require(
        receiver.on() != null && !receiver.on().isEmpty(),
        "doundo.notify.receivers[].on of %s is missing: it says what the receiver is told of"
            .formatted(name));
    require(
        receiver.url().isEmpty() || receiver.url().matches("/[!-~&&[^\\\\]]*"),
        "doundo.notify.receivers[].url of %s must begin with a slash and have printable ASCII only"
            .formatted(name));
    if (receiver.body() != null) {
      try {
        Json.MAPPER.readTree(receiver.body());
      } catch (JacksonException e) {
        throw new IllegalArgumentException(
            "doundo.notify.receivers[].body of %s is no JSON: %s"
                .formatted(name, e.getOriginalMessage()),
            e);
      }
    }
    return name;
  }

  /** The receivers of all orchestrations. */
  List<Receiver> ofAll() {
    return receivers.stream()
        .map(
            one ->
                new Receiver(
                    one.name() == null ? one.connection() : one.name(),
                    one.on(),
                    one.connection(),
                    one.url(),
                    one.when(),
                    one.body()))
        .toList();
  }

  NotifierSettings settings() {
    return new NotifierSettings(
        new RetryRules(RetryRules.DEFAULTS.first(), RetryRules.DEFAULTS.longest(), giveUpAfter),
        atOnce,
        maxPending,
        maxPendingBytes.toBytes());
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
