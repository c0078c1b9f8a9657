package io.doundo.launcher.cli.tool;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.cli.complete.CompletionCache;
import io.doundo.launcher.cli.profile.Profiles;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code doundo __complete}: refreshes what a shell completes; started by its script. */
@Command(name = "__complete", hidden = true, mixinStandardHelpOptions = true)
public final class CompleteCommand implements Callable<Integer> {

  @Mixin private ServiceOptions options;

  @Override
  public Integer call() {
    Profiles.ofUser().names().forEach(name -> CompletionCache.seen("contexts", name));
    ServiceClient client = options.client();
    for (JsonNode flow : client.get("/api/flows?limit=100").path("flows")) {
      CompletionCache.seen("flows", flow.path("flowId").asString(""));
    }
    for (JsonNode one : client.get("/api/orchestrations").path("orchestrations")) {
      CompletionCache.seen("orchestrations", one.path("name").asString(""));
      for (JsonNode step : one.path("stepNames")) {
        CompletionCache.seen("steps", step.asString(""));
      }
    }
    seen(client, "/api/jobs?limit=100", "jobs", "jobs", "jobId");
    seen(client, "/api/breakers", "breakers", "breakers", "name");
    seen(client, "/api/incidents?limit=100", "incidents", "fingerprints", "fingerprint");
    for (JsonNode one : client.get("/api/schedules").path("schedules")) {
      CompletionCache.seen(
          "schedules",
          one.path("orchestration").asString("") + '/' + one.path("trigger").asString(""));
    }
    return ExitCodes.OK;
  }

  private static void seen(
      ServiceClient client, String path, String member, String kind, String name) {
    for (JsonNode one : client.get(path).path(member)) {
      CompletionCache.seen(kind, one.path(name).asString(""));
    }
  }
}
