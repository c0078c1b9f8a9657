package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** Where the service is, and who asks. */
final class ServiceOptions {

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Address of the service (default: DOUNDO_URL, else http://localhost:8080).",
      defaultValue = "${env:DOUNDO_URL:-http://localhost:8080}",
      showDefaultValue = Visibility.NEVER)
  private String url = "";

  @Option(
      names = "--api-key",
      paramLabel = "KEY",
      description = "API key (default: DOUNDO_API_KEY).",
      defaultValue = "${env:DOUNDO_API_KEY:-}",
      showDefaultValue = Visibility.NEVER)
  private @Nullable String apiKey;

  ServiceClient client() {
    try {
      return new ServiceClient(URI.create(url), apiKey);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCodes.USAGE, "--url is no address: " + e.getMessage(), null, e);
    }
  }
}
