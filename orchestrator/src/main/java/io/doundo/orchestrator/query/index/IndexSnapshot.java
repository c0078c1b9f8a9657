package io.doundo.orchestrator.query.index;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.StepStatus;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * The index in a file, so that a restart reads only what came since. The file is written beside and
 * renamed, ends with its checksum, and holds within one schema only; the schema includes the names
 * of the enums whose ordinals stand in the rows. Rows may be newer than the offsets in the header:
 * reading on from there comes to the same rows. Not thread-safe.
 */
public final class IndexSnapshot {

  private static final long MAGIC = 0x446f556e646f4958L;
  private static final int FORMAT = 4;
  private static final int BUFFER = 1 << 20;
  private static final String FILE = "flows.snapshot";

  /** What follows the content: the checksum. */
  private static final int TRAILER = Long.BYTES;

  private final Path directory;

  /**
   * @param directory made if it is missing
   */
  public IndexSnapshot(Path directory) {
    this.directory = directory;
  }

  /** The file itself. */
  public Path file() {
    return directory.resolve(FILE);
  }

  private static int schema() {
    String names =
        Stream.of(FlowStatus.values(), ParkReason.values(), StepStatus.values())
            .map(Arrays::toString)
            .collect(Collectors.joining());
    CRC32C checksum = new CRC32C();
    checksum.update((FORMAT + names + Fingerprint.VERSION).getBytes(StandardCharsets.UTF_8));
    return (int) checksum.getValue();
  }

  /**
   * Replaces the file.
   *
   * @param minutes as {@link MinuteCounts#toBytes} has made it when the header was made
   */
  public void write(SnapshotHeader header, FlowColumns columns, byte[] minutes) throws IOException {
    Files.createDirectories(directory);
    Path beside = directory.resolve(FILE + ".new");
    try (FileOutputStream file = new FileOutputStream(beside.toFile())) {
      CheckedOutputStream checked =
          new CheckedOutputStream(new BufferedOutputStream(file, BUFFER), new CRC32C());
      DataOutputStream out = new DataOutputStream(checked);
      out.writeLong(MAGIC);
      out.writeInt(schema());
      header.write(out);
      out.writeInt(minutes.length);
      out.write(minutes);
      columns.write(out);
      out.writeLong(checked.getChecksum().getValue());
      out.flush();
      file.getFD().sync();
    }
    Files.move(beside, file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Reads the file into empty columns and counts, if there is one whose header is accepted.
   *
   * @throws IOException when it is damaged, or of another schema; columns and counts are to be
   *     cleared then
   */
  public Optional<SnapshotHeader> read(
      Predicate<SnapshotHeader> accepted, FlowColumns columns, MinuteCounts minutes)
      throws IOException {
    if (!Files.exists(file())) {
      return Optional.empty();
    }
    requireChecksum();
    try (DataInputStream in = open()) {
      if (in.readLong() != MAGIC || in.readInt() != schema()) {
        throw new IOException("it was written by another release");
      }
      SnapshotHeader header = SnapshotHeader.read(in);
      if (!accepted.test(header)) {
        return Optional.empty();
      }
      minutes.restore(in.readNBytes(in.readInt()));
      columns.read(in);
      return Optional.of(header);
    }
  }

  private DataInputStream open() throws IOException {
    return new DataInputStream(new BufferedInputStream(Files.newInputStream(file()), BUFFER));
  }

  private void requireChecksum() throws IOException {
    long content = Files.size(file()) - TRAILER;
    if (content < 0) {
      throw new EOFException("it is too short");
    }
    byte[] buffer = new byte[BUFFER];
    try (InputStream file = Files.newInputStream(file())) {
      CheckedInputStream checked = new CheckedInputStream(file, new CRC32C());
      long left = content;
      while (left > 0) {
        int read = checked.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (read < 0) {
          throw new EOFException("it became shorter");
        }
        left -= read;
      }
      long written = new DataInputStream(file).readLong();
      if (written != checked.getChecksum().getValue()) {
        throw new IOException("its checksum is wrong");
      }
    }
  }
}
