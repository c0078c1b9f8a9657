package io.doundo.bench.process;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * How much the files of directories hold. The lengths of files are added up, because databases have
 * the system allocate blocks ahead. The indexes of Kafka's logs are left out: their files are as
 * long as they may become, and hold less than a hundredth of what the logs do. Stateless.
 */
public final class DiskUsage {

  private DiskUsage() {}

  /** The bytes of all files. A directory that does not exist has none. */
  public static long bytes(List<Path> directories) throws IOException {
    FileSizes sizes = new FileSizes();
    for (Path directory : directories) {
      Files.walkFileTree(directory, sizes);
    }
    return sizes.bytes;
  }

  /** Adds up what is still there when it comes by. */
  private static final class FileSizes extends SimpleFileVisitor<Path> {

    private long bytes;

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (attributes.isRegularFile() && !file.toString().endsWith("index")) {
        bytes += attributes.size();
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }
  }
}
