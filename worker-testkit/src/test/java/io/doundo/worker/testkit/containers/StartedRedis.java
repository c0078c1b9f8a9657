package io.doundo.worker.testkit.containers;

import org.testcontainers.utility.DockerImageName;

/** A Redis container that reports its address without being started. */
final class StartedRedis extends RedisContainer {

  StartedRedis() {
    super(DockerImageName.parse(IMAGE));
  }

  @Override
  public String getHost() {
    return "docker";
  }

  @Override
  public Integer getMappedPort(int port) {
    return port == PORT ? Integer.valueOf(5678) : super.getMappedPort(port);
  }
}
