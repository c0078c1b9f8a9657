package io.doundo.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The message about a peer whose programs are not installed. */
class MissingProgramTest {

  @TempDir Path directory;

  @Test
  void restateSaysThatNodeIsMissingAndHowToGetIt() throws Exception {
    assertThatThrownBy(() -> start(new Restate(), SearchPath.of("")))
        .isInstanceOf(PeerUnavailableException.class)
        .hasMessageStartingWith("node is not in PATH.")
        .hasMessageContaining("install Node.js 20 or newer, with npm");
  }

  @Test
  void restateSaysThatNpmIsMissing() throws Exception {
    program("node", "exit 0");

    assertThatThrownBy(() -> start(new Restate(), SearchPath.of(directory.toString())))
        .isInstanceOf(PeerUnavailableException.class)
        .hasMessageStartingWith("npm is not in PATH.");
  }

  @Test
  void anInstallationThatFailsShowsWhatItSaid() throws Exception {
    program("node", "exit 0");
    program("npm", "echo no such registry; exit 3");

    assertThatThrownBy(() -> start(new Restate(), SearchPath.of(directory.toString())))
        .isInstanceOf(PeerUnavailableException.class)
        .hasMessageContaining("npm install --ignore-scripts")
        .hasMessageContaining("ended with exit code 3")
        .hasMessageContaining("no such registry");
    try (Stream<Path> files = Files.walk(directory.resolve("packages"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains("package.json")
          .doesNotContain(".installed");
    }
  }

  @Test
  void dbosSaysThatMavenIsMissing() {
    assertThatThrownBy(() -> start(new Dbos(), SearchPath.of("")))
        .isInstanceOf(PeerUnavailableException.class)
        .hasMessageContaining("neither mvn is in PATH nor is there");
  }

  @Test
  void zeebeIsNamedAndNotStarted() {
    assertThatThrownBy(() -> start(new Zeebe(), SearchPath.ofThisProcess()))
        .isInstanceOf(PeerUnavailableException.class)
        .hasMessageContaining("its vendor's own licence");
  }

  @Test
  void aFileThatIsNoProgramIsNotFound() throws Exception {
    Files.writeString(directory.resolve("plain"), "text");
    program("runs", "exit 0");
    SearchPath searchPath = new SearchPath(List.of(directory.resolve("absent"), directory));

    assertThat(searchPath.find("plain")).isEmpty();
    assertThat(searchPath.find("runs")).contains(directory.resolve("runs"));
  }

  private void start(Peer peer, SearchPath searchPath) throws Exception {
    try (PeerRun run =
        new PeerRun(directory.resolve("packages"), directory.resolve("run"), searchPath)) {
      peer.start(run);
    }
  }

  private void program(String name, String script) throws Exception {
    Path file = directory.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
