package io.doundo.bench.stack;

import io.doundo.bench.flow.RefusedRunException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Finds builds by what a person calls them: {@code current}, the directory of a checkout, or a
 * commit of this repository, which is checked out beside the data of the run for as long as this is
 * open. Whatever is not built yet is built with its own doundo script. Not thread-safe.
 */
public final class Builds implements AutoCloseable {

  static final String CURRENT = "current";

  private final Path home;
  private final Path directory;
  private final Consumer<String> log;
  private final List<Path> worktrees = new ArrayList<>();

  /**
   * @param home the repository of this build
   * @param directory where checkouts and the logs of their builds are kept
   */
  public Builds(Path home, Path directory, Consumer<String> log) {
    this.home = home;
    this.directory = directory;
    this.log = log;
  }

  /**
   * Finds a build, and builds it where it is needed.
   *
   * @throws RefusedRunException when there is none, or it cannot be built
   */
  public Build find(String name) throws IOException, InterruptedException, RefusedRunException {
    if (name.equals(CURRENT)) {
      return Build.current();
    }
    Path checkout = Path.of(name).toAbsolutePath().normalize();
    if (!Files.exists(checkout.resolve("pom.xml"))) {
      checkout = checkOut(name);
    }
    log.accept("building %s if needed".formatted(checkout));
    Path output =
        directory.resolve("build-" + worktrees.size() + "-" + checkout.getFileName() + ".log");
    run(name, output, checkout, checkout.resolve("doundo").toString(), "bench", "--help");
    return Build.of(name, checkout);
  }

  private Path checkOut(String commit)
      throws IOException, InterruptedException, RefusedRunException {
    Path worktree = directory.resolve("checkout-" + worktrees.size());
    Path output = directory.resolve("checkout-" + worktrees.size() + ".log");
    run(commit, output, home, "git", "worktree", "add", "--detach", worktree.toString(), commit);
    worktrees.add(worktree);
    return worktree;
  }

  private void run(String name, Path output, Path where, String... command)
      throws IOException, InterruptedException, RefusedRunException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(where.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    int code = builder.start().waitFor();
    if (code != 0) {
      throw new RefusedRunException(
          name + " is neither a checkout that can be built nor a commit of " + home,
          List.of(
              "%s ended with exit code %d: %s"
                  .formatted(
                      String.join(" ", command),
                      code,
                      Files.readString(output, StandardCharsets.UTF_8).strip())));
    }
  }

  @Override
  public void close() throws IOException {
    for (Path worktree : worktrees) {
      try {
        run(
            worktree.toString(),
            directory.resolve("remove.log"),
            home,
            "git",
            "worktree",
            "remove",
            "--force",
            worktree.toString());
      } catch (RefusedRunException e) {
        log.accept("the checkout %s was not removed: %s".formatted(worktree, e.getMessage()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
