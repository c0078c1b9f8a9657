package io.doundo.launcher.dev;

import io.doundo.launcher.process.Child;
import io.doundo.worker.testing.RedisServerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A redis-server as a child. */
public final class RedisChild implements Child {

  private static final int TAIL_LINES = 40;

  private final RedisServerProcess server;
  private final ProcessHandle handle;

  public RedisChild(RedisServerProcess server) {
    this.server = server;
    this.handle = server.handle();
  }

  @Override
  public String name() {
    return "redis";
  }

  @Override
  public String inText() {
    return "Redis";
  }

  @Override
  public ProcessHandle handle() {
    return handle;
  }

  @Override
  public CompletableFuture<ProcessHandle> onExit() {
    return handle.onExit();
  }

  @Override
  public String ending() {
    return "ended or was killed";
  }

  @Override
  public List<String> tail() throws IOException {
    List<String> lines = Files.readAllLines(server.log(), StandardCharsets.UTF_8);
    return lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
  }

  @Override
  public void kill() {
    server.kill();
  }

  @Override
  public boolean stop(Duration limit) throws InterruptedException {
    handle.destroy();
    try {
      handle.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot wait for redis-server to end", e);
    } finally {
      // Ends it by force where it still runs, and what watches it.
      server.kill();
      server.stop();
    }
  }
}
