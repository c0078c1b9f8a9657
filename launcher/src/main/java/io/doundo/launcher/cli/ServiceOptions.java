package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** Where the service is, and who asks. */
final class ServiceOptions {

  private static final String DEFAULT_URL = "http://localhost:8080";

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Address of the service (default: DOUNDO_URL, else " + DEFAULT_URL + ").",
      defaultValue = "${env:DOUNDO_URL:-" + DEFAULT_URL + "}",
      showDefaultValue = Visibility.NEVER)
  private String url = "";

  @Option(
      names = "--api-key",
      paramLabel = "KEY",
      description = "API key (default: DOUNDO_API_KEY).",
      defaultValue = "${env:DOUNDO_API_KEY:-}",
      showDefaultValue = Visibility.NEVER)
  private @Nullable String apiKey;

  /**
   * A doundo command about a flow to type next, which asks the same service. A flowId that would be
   * taken for an option stands last.
   *
   * @param more further options
   */
  String hint(String command, String flowId, String... more) {
    boolean isLikeOption = flowId.startsWith("-");
    List<String> line = new ArrayList<>(List.of(command));
    if (!isLikeOption) {
      line.add(flowId);
    }
    line.addAll(List.of(more));
    String expected = System.getenv("DOUNDO_URL");
    if (!url.equals(expected == null ? DEFAULT_URL : expected)) {
      line.add("--url=" + url);
    }
    if (isLikeOption) {
      line.add("--");
      line.add(flowId);
    }
    return Shell.line(line);
  }

  ServiceClient client() {
    try {
      return new ServiceClient(URI.create(url), apiKey);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(
          ExitCodes.USAGE, "--url is not a valid address: " + e.getMessage(), null, e);
    }
  }
}
