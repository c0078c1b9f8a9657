package io.doundo.worker.fence;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Opens fences in Redis. Addresses are Lettuce's: {@code redis://user:password@host:6379/0}, {@code
 * rediss://…} for TLS, {@code redis-sentinel://…}.
 */
public final class RedisFence {

  private static final long FIRST_RECONNECT_MS = 50;
  private static final long LAST_RECONNECT_MS = 1_000;

  private RedisFence() {}

  /** What is asked while the connection's thread is busy goes out together, in one system call. */
  private static final class ManyInOneWrite implements NettyCustomizer {
    @Override
    public void afterChannelInitialized(Channel channel) {
      channel
          .pipeline()
          .addFirst(
              new FlushConsolidationHandler(
                  FlushConsolidationHandler.DEFAULT_EXPLICIT_FLUSH_AFTER_FLUSHES, true));
    }
  }

  /** A fence in one Redis, alone or behind sentinels. Does not connect before it is first asked. */
  public static LuaFence single(String uri, FenceSettings settings) {
    RedisURI address = RedisURI.create(uri);
    ClientResources resources = resources();
    RedisClient client = RedisClient.create(resources);
    client.setOptions(options(ClientOptions.builder(), settings).build());
    RedisConnection connection =
        new RedisConnection(
            client,
            resources,
            () ->
                client
                    .connectAsync(ByteArrayCodec.INSTANCE, address)
                    .thenApply(established -> established.async()),
            new FenceKeys(settings.prefix()),
            where(address));
    return new LuaFence(connection, settings);
  }

  /** A fence in a Redis cluster that is found through any of these nodes. */
  public static LuaFence cluster(List<String> uris, FenceSettings settings) {
    List<RedisURI> addresses = uris.stream().map(RedisURI::create).toList();
    ClientResources resources = resources();
    RedisClusterClient client = RedisClusterClient.create(resources, addresses);
    ClusterClientOptions.Builder builder = ClusterClientOptions.builder();
    options(builder, settings);
    client.setOptions(
        builder
            .topologyRefreshOptions(
                ClusterTopologyRefreshOptions.builder()
                    .enablePeriodicRefresh(Duration.ofSeconds(30))
                    .build())
            .build());
    RedisConnection connection =
        new RedisConnection(
            client,
            resources,
            () ->
                client
                    .connectAsync(ByteArrayCodec.INSTANCE)
                    .thenApply(established -> established.async()),
            new FenceKeys(settings.prefix()),
            where(addresses.get(0)));
    return new LuaFence(connection, settings);
  }

  /** Lettuce waits up to 30 s between attempts to reconnect; steps should go on sooner. */
  private static ClientResources resources() {
    return ClientResources.builder()
        .reconnectDelay(
            Delay.exponential(FIRST_RECONNECT_MS, LAST_RECONNECT_MS, TimeUnit.MILLISECONDS, 2))
        .nettyCustomizer(new ManyInOneWrite())
        .build();
  }

  private static ClientOptions.Builder options(
      ClientOptions.Builder builder, FenceSettings settings) {
    return builder
        .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
        .socketOptions(SocketOptions.builder().connectTimeout(settings.timeout()).build())
        .timeoutOptions(TimeoutOptions.enabled(settings.timeout()));
  }

  /** Without credentials, which the text of a {@link RedisURI} may carry. */
  private static String where(RedisURI address) {
    return address.getHost() == null
        ? "sentinel " + address.getSentinelMasterId()
        : address.getHost() + ':' + address.getPort();
  }
}
