package io.doundo.worker.testkit.containers;

import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A Redis as the fence needs it: it evicts nothing, and keeps an append-only file. Not thread-safe
 * while it starts.
 */
public class RedisContainer extends GenericContainer<RedisContainer> {

  /** The image of docker-compose.yml. */
  public static final String IMAGE = "redis:7.4-alpine";

  static final int PORT = 6379;

  public RedisContainer() {
    this(DockerImageName.parse(IMAGE));
  }

  /** With another release of Redis, or with Valkey. */
  @SuppressWarnings("this-escape") // The methods called here are Testcontainers' own.
  public RedisContainer(DockerImageName image) {
    super(image);
    withExposedPorts(PORT);
    withCommand("redis-server", "--appendonly", "yes", "--maxmemory-policy", "noeviction");
  }

  /** Its address for {@code doundo.worker.redis}; once it is started. */
  public String address() {
    return "redis://" + getHost() + ":" + getMappedPort(PORT);
  }
}
