package io.doundo.launcher.cli.tool;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.cli.Listing;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceJson;
import io.doundo.launcher.cli.profile.Profile;
import io.doundo.launcher.cli.profile.ProfileException;
import io.doundo.launcher.cli.profile.Profiles;
import io.doundo.launcher.text.Terminal;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code doundo context}. */
@Command(
    name = "context",
    description = {
      "List the named services of the configuration file, or choose one for later commands.",
      "The file is ~/.config/doundo/config.toml; docs/operations.md has an example."
    },
    subcommands = ContextCommand.Use.class,
    mixinStandardHelpOptions = true)
public final class ContextCommand implements Callable<Integer> {

  @Mixin private OutputOptions output = OutputOptions.ofList();

  @Override
  public Integer call() {
    Profiles profiles = orFailure(Profiles::ofUser);
    String current =
        profiles.all().isEmpty()
            ? ""
            : orFailure(() -> profiles.find(null).map(Profile::name).orElse(""));
    ObjectNode answer = ServiceJson.MAPPER.createObjectNode();
    ArrayNode rows = answer.putArray("contexts");
    for (String name : profiles.names()) {
      Profile profile = orFailure(() -> profiles.find(name).orElseThrow());
      rows.addObject()
          .put("name", name)
          .put("url", profile.url())
          .put("key", profile.keySource())
          .put("output", profile.output() == null ? "table" : profile.output())
          .put("current", name.equals(current));
    }
    new Listing("contexts", Listing.text("name"), "There are no contexts in " + profiles.file())
        .column("CURRENT", row -> row.path("current").asBoolean(false) ? "*" : "")
        .column("NAME", Listing.text("name"))
        .column("URL", Listing.text("url"))
        .column("KEY", Listing.text("key"))
        .column("OUTPUT", Listing.text("output"))
        .print(answer, output, true);
    return ExitCodes.OK;
  }

  private static <T> T orFailure(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (ProfileException e) {
      throw new CommandFailure(ExitCodes.USAGE, String.valueOf(e.getMessage()), null, e);
    }
  }

  /** {@code doundo context use}. */
  @Command(
      name = "use",
      description = "Use a context in later commands.",
      mixinStandardHelpOptions = true)
  static final class Use implements Callable<Integer> {

    @Parameters(paramLabel = "NAME", description = "The context.")
    private String name = "";

    @Mixin private OutputOptions output;

    @Override
    public Integer call() {
      Profile chosen =
          orFailure(
              () -> {
                Profiles profiles = Profiles.ofUser();
                profiles.choose(name);
                return profiles.find(name).orElseThrow();
              });
      output.line(
          "Commands now use the context %s: %s"
              .formatted(Terminal.clean(name), Terminal.clean(chosen.url())));
      return ExitCodes.OK;
    }
  }
}
