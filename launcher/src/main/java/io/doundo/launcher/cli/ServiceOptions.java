package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.profile.KeySource;
import io.doundo.launcher.cli.profile.Profile;
import io.doundo.launcher.cli.profile.ProfileException;
import io.doundo.launcher.cli.profile.Profiles;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Where the service is, and who asks. An option wins over the environment, and that over the
 * context. The key of a context goes to the address of this context only.
 */
public final class ServiceOptions {

  private static final String DEFAULT_URL = "http://localhost:8080";

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "Address of the service (default: DOUNDO_URL, else that of the context, else "
              + DEFAULT_URL
              + ").")
  private @Nullable String url;

  @Option(
      names = "--api-key",
      paramLabel = "KEY",
      description = "API key (default: DOUNDO_API_KEY, else that of the context).")
  private @Nullable String apiKey;

  @Option(
      names = OutputOptions.CONTEXT,
      paramLabel = "NAME",
      description = "A named service of the configuration file (see: doundo context).")
  private @Nullable String context;

  private @Nullable ServiceClient client;

  /**
   * A doundo command about a flow to type next, which asks the same service. A flowId that would be
   * taken for an option stands last.
   *
   * @param more further options
   */
  public String hint(String command, String flowId, String... more) {
    boolean isLikeOption = flowId.startsWith("-");
    List<String> line = new ArrayList<>(List.of(command));
    if (!isLikeOption) {
      line.add(flowId);
    }
    line.addAll(List.of(more));
    if (context != null) {
      line.add(OutputOptions.CONTEXT + '=' + context);
    }
    if (url != null && !url.equals(environment("DOUNDO_URL")) && !isUsual(url)) {
      line.add("--url=" + url);
    }
    if (isLikeOption) {
      line.add("--");
      line.add(flowId);
    }
    return Shell.line(line);
  }

  private static boolean isUsual(String url) {
    return url.equals(DEFAULT_URL) && environment("DOUNDO_URL") == null;
  }

  /** The address of the service. */
  public String url() {
    if (url != null) {
      return url;
    }
    String said = environment("DOUNDO_URL");
    // A context that is asked for by name is meant, whatever the environment says.
    if (said != null && context == null) {
      return said;
    }
    Profile profile = profile();
    return profile == null ? DEFAULT_URL : profile.url();
  }

  private @Nullable String key() {
    if (apiKey != null) {
      return apiKey;
    }
    String said = environment("DOUNDO_API_KEY");
    if (said != null && context == null) {
      return said;
    }
    Profile profile = profile();
    return profile == null || !profile.url().equals(url()) ? null : keyOf(profile);
  }

  private static @Nullable String keyOf(Profile profile) {
    try {
      return KeySource.keyOf(profile);
    } catch (ProfileException e) {
      throw new CommandFailure(ExitCodes.USAGE, String.valueOf(e.getMessage()), null, e);
    }
  }

  private @Nullable Profile profile() {
    return profile(context);
  }

  /** The context that is asked for, else the current one; null when there is none. */
  public static @Nullable Profile profile(@Nullable String name) {
    try {
      return Profiles.ofUser().find(name).orElse(null);
    } catch (ProfileException e) {
      throw new CommandFailure(ExitCodes.USAGE, String.valueOf(e.getMessage()), null, e);
    }
  }

  private static @Nullable String environment(String name) {
    String value = System.getenv(name);
    return value == null || value.isBlank() ? null : value;
  }

  public ServiceClient client() {
    ServiceClient made = client;
    if (made == null) {
      String address = url();
      try {
        made = new ServiceClient(URI.create(address), key());
      } catch (IllegalArgumentException e) {
        throw new CommandFailure(
            ExitCodes.USAGE,
            "--url must be an address such as http://localhost:8080, but is \"%s\": %s"
                .formatted(address, e.getMessage()),
            null,
            e);
      }
      client = made;
    }
    return made;
  }
}
