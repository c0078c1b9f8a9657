package io.doundo.bench.peer;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The directories in which programs are looked for, as in {@code PATH}. */
public record SearchPath(List<Path> directories) {

  public SearchPath {
    directories = List.copyOf(directories);
  }

  public static SearchPath ofThisProcess() {
    return of(Optional.ofNullable(System.getenv("PATH")).orElse(""));
  }

  static SearchPath of(String path) {
    return new SearchPath(
        Stream.of(path.split(File.pathSeparator, -1))
            .filter(directory -> !directory.isEmpty())
            .map(Path::of)
            .toList());
  }

  Optional<Path> find(String program) {
    return directories.stream()
        .map(directory -> directory.resolve(program))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  /**
   * Finds a program.
   *
   * @param remedy a sentence that says how a person gets it
   * @throws PeerUnavailableException when it is in none of the directories
   */
  Path require(String program, String remedy) throws PeerUnavailableException {
    return find(program)
        .orElseThrow(
            () -> new PeerUnavailableException("%s is not in PATH. %s".formatted(program, remedy)));
  }
}
