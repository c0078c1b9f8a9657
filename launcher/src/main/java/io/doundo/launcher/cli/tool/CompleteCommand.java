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
    see(client, "/api/flows?limit=100", "flows", "flowId", "flows");
    JsonNode orchestrations = client.get("/api/orchestrations").path("orchestrations");
    for (JsonNode one : orchestrations) {
      String name = one.path("name").asString("");
      CompletionCache.seen("orchestrations", name);
      see(client, "/api/orchestrations/" + ServiceClient.segment(name), "steps", "name", "steps");
    }
    return ExitCodes.OK;
  }

  private static void see(
      ServiceClient client, String path, String member, String field, String kind) {
    for (JsonNode row : client.get(path).path(member)) {
      CompletionCache.seen(kind, row.path(field).asString(""));
    }
  }
}
