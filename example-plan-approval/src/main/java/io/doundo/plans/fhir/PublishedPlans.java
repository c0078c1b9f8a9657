package io.doundo.plans.fhir;

import io.doundo.plans.http.JsonHttp;
import io.doundo.plans.http.JsonResponse;
import io.doundo.plans.http.UnreachableException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The plans in the FHIR store. Each write says which version it replaces, and the store compares
 * that in the write itself. Every method throws {@link UnreachableException} when the store does
 * not answer. Thread-safe.
 */
public final class PublishedPlans {

  private static final String TYPE = "/InsurancePlan";
  private static final Pattern PLACE = Pattern.compile("([^/]+)/_history/([^/]+)$");
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** What the store says about one version; the rest of meta, such as labels, is the plan's. */
  private static final List<String> OF_THE_VERSION = List.of("versionId", "lastUpdated", "source");

  private static final int BAD_REQUEST = 400;
  private static final int GONE = 410;
  private static final int NOT_FOUND = 404;
  private static final int PRECONDITION_FAILED = 412;
  private static final int UNPROCESSABLE = 422;

  private final JsonHttp http;

  /**
   * Makes a client.
   *
   * @param base of the FHIR server, as {@code http://localhost:8090/fhir}
   */
  public PublishedPlans(URI base) {
    this.http =
        new JsonHttp(
            "The FHIR store",
            base,
            LIMIT,
            Map.of("Accept", "application/fhir+json", "Content-Type", "application/fhir+json"));
  }

  /** The published version; nothing when the plan was never published, or is deleted. */
  public Optional<PublishedPlan> find(String planId) {
    return newest(planId).filter(version -> !version.deleted());
  }

  /** The newest version, which may be a deletion; nothing when the plan was never published. */
  public Optional<PublishedPlan> newest(String planId) {
    JsonResponse answer = get(TYPE + '/' + planId);
    if (answer.status() == GONE && isAbsent(answer)) {
      return history(planId).stream().findFirst();
    }
    return isAbsent(answer) ? Optional.empty() : Optional.of(published(required(answer)));
  }

  /** One version, which may not be a deletion. */
  public Optional<PublishedPlan> find(String planId, String version) {
    JsonResponse answer = get(TYPE + '/' + planId + "/_history/" + encoded(version));
    return isAbsent(answer) || answer.status() == BAD_REQUEST
        ? Optional.empty()
        : Optional.of(published(required(answer)));
  }

  /** All versions, newest first; none when there never was such a plan. */
  public List<PublishedPlan> history(String planId) {
    JsonResponse answer = get(TYPE + '/' + planId + "/_history");
    if (isAbsent(answer)) {
      return List.of();
    }
    return required(answer).path("entry").valueStream().map(PublishedPlans::entry).toList();
  }

  /** The version that somebody wrote under this source, if it is there. */
  public Optional<PublishedPlan> writtenBy(String planId, String source) {
    return history(planId).stream().filter(version -> source.equals(version.source())).findFirst();
  }

  /**
   * The published plans.
   *
   * @param identifier {@code value} or {@code system|value}; null for all
   */
  public List<PublishedPlan> search(@Nullable String identifier) {
    String query = identifier == null ? "" : "?identifier=" + encoded(identifier);
    return required(get(TYPE + query))
        .path("entry")
        .valueStream()
        .map(entry -> published((ObjectNode) entry.required("resource")))
        .toList();
  }

  /**
   * Writes a version.
   *
   * @param expected the version that it replaces, which may be a deletion; null when there never
   *     was one
   * @param source of the new version, by which {@link #writtenBy} finds it
   * @return the new version; nothing when somebody else has written since, or deleted the plan
   * @throws InvalidPlanException when the store does not accept the plan
   */
  public Optional<String> write(
      String planId, ObjectNode plan, @Nullable String expected, String source) {
    ObjectNode resource = plan.deepCopy();
    resource.put("resourceType", "InsurancePlan").put("id", planId);
    resource.withObject("meta").put("source", source);
    Map<String, String> condition =
        expected == null ? Map.of("If-None-Match", "*") : Map.of("If-Match", tag(expected));
    JsonResponse answer = http.send("PUT", TYPE + '/' + planId, resource, condition);
    if (answer.status() == PRECONDITION_FAILED && isOfTheStore(answer)) {
      return Optional.empty();
    }
    return Optional.of(required(answer).required("meta").required("versionId").asString());
  }

  /**
   * Deletes a plan.
   *
   * @param expected its version
   * @return whether it is deleted now; false when somebody else has written since
   */
  public boolean delete(String planId, String expected) {
    JsonResponse answer =
        http.send("DELETE", TYPE + '/' + planId, null, Map.of("If-Match", tag(expected)));
    if (answer.status() == PRECONDITION_FAILED && isOfTheStore(answer)) {
      return false;
    }
    required(answer);
    return true;
  }

  /**
   * Asks whether the store would accept a plan.
   *
   * @throws InvalidPlanException when it would not
   */
  public void validate(ObjectNode plan) {
    ObjectNode resource = plan.deepCopy().put("resourceType", "InsurancePlan");
    required(http.send("POST", TYPE + "/$validate", resource, Map.of()));
  }

  /** Reads a plan that need not be there, and so asks the store's database as well. */
  public void probe() {
    JsonResponse answer = http.probe(TYPE + "/health-probe");
    if (!isAbsent(answer)) {
      required(answer);
    }
  }

  private JsonResponse get(String path) {
    return http.send("GET", path, null, Map.of());
  }

  private static String tag(String version) {
    return "W/\"" + version + '"';
  }

  /** Whether the store itself says that there is none; a proxy in front of it may only be lost. */
  private static boolean isAbsent(JsonResponse answer) {
    return (answer.status() == NOT_FOUND || answer.status() == GONE) && isOfTheStore(answer);
  }

  /** Every refusal of a FHIR server says why, in a form of its own. */
  private static boolean isOfTheStore(JsonResponse answer) {
    return answer.body().path("resourceType").asString("").equals("OperationOutcome");
  }

  private static ObjectNode required(JsonResponse answer) {
    if (answer.isOk()) {
      return answer.body();
    }
    boolean invalid = answer.status() == BAD_REQUEST || answer.status() == UNPROCESSABLE;
    if (invalid && isOfTheStore(answer)) {
      throw new InvalidPlanException("the FHIR store refused the plan: " + answer.reason());
    }
    // Who is not let in, or asked too often, has learned nothing about the plan.
    throw new UnreachableException(
        "The FHIR store cannot be used: status %d, %s".formatted(answer.status(), answer.reason()),
        true,
        null);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static PublishedPlan entry(JsonNode entry) {
    if (entry.path("resource").isObject()) {
      return published((ObjectNode) entry.path("resource"));
    }
    // A deletion has no content; its place is in the request.
    String place = entry.path("request").path("url").asString("");
    Matcher found = PLACE.matcher(place);
    if (!found.find()) {
      throw new UnreachableException("The FHIR store lists a version without a place", true, null);
    }
    return new PublishedPlan(
        found.group(1),
        found.group(2),
        entry.path("response").path("lastModified").asString(null),
        null,
        null);
  }

  private static PublishedPlan published(ObjectNode resource) {
    JsonNode meta = resource.required("meta");
    ObjectNode plan = resource.deepCopy();
    plan.remove(List.of("resourceType", "id", "meta"));
    ObjectNode labels = ((ObjectNode) meta).deepCopy();
    labels.remove(OF_THE_VERSION);
    if (!labels.isEmpty()) {
      plan.set("meta", labels);
    }
    return new PublishedPlan(
        resource.required("id").asString(),
        meta.required("versionId").asString(),
        meta.path("lastUpdated").asString(null),
        meta.path("source").asString(null),
        plan);
  }
}
