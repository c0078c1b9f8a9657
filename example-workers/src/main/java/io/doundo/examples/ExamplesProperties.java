package io.doundo.examples;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the example workers.
 *
 * @param serve Which orchestrations to serve; all by default.
 * @param store The database that stands for the outside world. Processes on one host share it.
 * @param instance How this process is called in the ledger; host and process id by default.
 * @param crashes Whether a payload may let this process die.
 * @param healthFile A file that exists while this process serves, for a health check.
 */
@ConfigurationProperties("doundo.examples")
public record ExamplesProperties(
    @DefaultValue({"tenantCreation", "userOnboarding", "orderProcessing", "invoiceArchiving"})
        List<String> serve,
    @DefaultValue("./data/examples/store.db") Path store,
    @Nullable String instance,
    @DefaultValue("false") boolean crashes,
    @Nullable Path healthFile) {

  private static final Set<String> KNOWN =
      Set.of("tenantCreation", "userOnboarding", "orderProcessing", "invoiceArchiving");

  public ExamplesProperties {
    serve = List.copyOf(new LinkedHashSet<>(serve));
    for (String name : serve) {
      if (!KNOWN.contains(name)) {
        throw new IllegalArgumentException(
            "doundo.examples.serve names \"" + name + "\", but the examples are " + KNOWN);
      }
    }
  }

  Path requiredHealthFile() {
    return Objects.requireNonNull(healthFile, "doundo.examples.health-file is not set");
  }
}
