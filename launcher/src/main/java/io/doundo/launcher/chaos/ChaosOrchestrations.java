package io.doundo.launcher.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.history.StepWorker;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** The orchestrations of the example workers, as a run registers and starts them. */
final class ChaosOrchestrations {

  /** No step behind a fence has a longer timeout. */
  static final int STEP_TIMEOUT_MS = 8_000;

  /** The one whose worker is written without the SDK. */
  private static final String PLAIN = "invoiceArchiving";

  /** The orchestration whose flows wait for a time and for a signal, and contain a choice. */
  static final String WAITING = "tenantCreation";

  /** A list of flows of {@code userOnboarding}; flows of it are started by name only. */
  static final String TEAM = "teamOnboarding";

  private static final String APPROVAL = "approval";

  /** How the documents say how many attempts a DO has, and how long one takes at most. */
  private static final String USUAL_ATTEMPTS = "maxAttempts: 5,";

  private static final Pattern USUAL_TIMEOUTS = Pattern.compile("(?m)^    timeout: [28]s$");

  /** The signal that its flows wait for. */
  static final String SIGNAL = "approved";

  private static final Map<String, List<String>> STEPS =
      new TreeMap<>(
          Map.of(
              WAITING,
              List.of("createRealm", "createClient", "assignRoles"),
              "userOnboarding",
              List.of(
                  "createUserProfile",
                  "sendWelcomeEmail",
                  "setupDefaultPreferences",
                  "assignDefaultRole"),
              "orderProcessing",
              List.of(
                  "validateOrder",
                  "reserveInventory",
                  "authorizePayment",
                  "createShipment",
                  "capturePayment",
                  "sendConfirmation"),
              PLAIN,
              List.of("storeInvoice", "indexInvoice")));

  private ChaosOrchestrations() {}

  static List<String> orchestrations() {
    return List.copyOf(STEPS.keySet());
  }

  static String any(Random random) {
    List<String> all = orchestrations();
    return all.get(random.nextInt(all.size()));
  }

  static List<String> steps(String orchestration) {
    return Objects.requireNonNull(STEPS.get(orchestration), orchestration);
  }

  /** Which services' effects are checked, and what can be promised about them. */
  static List<StepWorker> services() {
    return STEPS.entrySet().stream()
        .flatMap(
            orchestration ->
                orchestration.getValue().stream()
                    .map(
                        step ->
                            new StepWorker(
                                orchestration.getKey(), step, kind(orchestration.getKey()))))
        .toList();
  }

  /** Whether its workers are on the SDK. */
  static boolean isFenced(String orchestration) {
    return !orchestration.equals(PLAIN);
  }

  private static StepWorker.Kind kind(String orchestration) {
    return isFenced(orchestration) ? StepWorker.Kind.FENCED : StepWorker.Kind.ECHOES_ATTEMPT;
  }

  /** The payload of a flow without faults. */
  static ObjectNode payload(String orchestration, String flowId) {
    ObjectNode payload = Json.MAPPER.createObjectNode();
    switch (orchestration) {
      case WAITING -> payload.put("tenantName", flowId);
      case "userOnboarding" ->
          payload.put("userName", flowId).put("email", flowId + "@example.org");
      case "orderProcessing" -> payload.put("orderId", flowId);
      default -> payload.put("invoiceId", flowId);
    }
    return payload;
  }

  /** Makes a flow wait for a signal. */
  static void waitForSignal(ObjectNode payload) {
    payload.put(APPROVAL, true);
  }

  /** Whether a flow waits for a signal. */
  static boolean waitsForSignal(String payload) {
    return payload.contains('"' + APPROVAL + '"');
  }

  /**
   * Writes the first version of each into a directory.
   *
   * @param attempts that a DO has; 0 for those of the documents
   */
  static void write(Path directory, int attempts) throws IOException {
    Files.createDirectories(directory);
    for (String orchestration : orchestrations()) {
      Files.write(
          directory.resolve(orchestration + ".yaml"), registration(orchestration, 1, attempts));
    }
  }

  /**
   * The registration of a version. Versions differ in their content, and every other one of {@code
   * userOnboarding} also in the order of its steps, of {@code tenantCreation} in what follows when
   * no signal comes.
   */
  static byte[] registration(String orchestration, int version) throws IOException {
    return registration(orchestration, version, 0);
  }

  /**
   * The registration of a version.
   *
   * @param attempts that a DO has; 0 for those of the document
   */
  static byte[] registration(String orchestration, int version, int attempts) throws IOException {
    try (InputStream in =
        ChaosOrchestrations.class.getResourceAsStream("/chaos/" + orchestration + ".yaml")) {
      String text =
          new String(Objects.requireNonNull(in, orchestration).readAllBytes(), UTF_8)
              .replace("${version}", Integer.toString(version))
              .replace("${type}", version % 2 == 1 ? "parallel" : "sequential")
              .replace("${onTimeout}", version % 2 == 1 ? "continue" : "undo");
      return (attempts == 0 ? text : patient(text, attempts)).getBytes(UTF_8);
    }
  }

  private static String patient(String text, int attempts) {
    return USUAL_TIMEOUTS
        .matcher(text.replace(USUAL_ATTEMPTS, "maxAttempts: " + attempts + ','))
        .replaceAll("    timeout: 60s");
  }
}
