package io.doundo.worker.fence;

import io.doundo.worker.fence.RedisConnection.Established;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Opens fences in Redis. Addresses are Lettuce's: {@code redis://user:password@host:6379/0}, {@code
 * rediss://…} for TLS, {@code redis-sentinel://…}.
 */
public final class RedisFence {

  private static final long FIRST_RECONNECT_MS = 50;
  private static final long LAST_RECONNECT_MS = 1_000;

  /** Scheme, credentials, nodes. */
  private static final Pattern CLUSTER =
      Pattern.compile("(rediss?)-cluster(://(?:[^@/]*@)?)([^@/]+)/?");

  private RedisFence() {}

  /**
   * Requests made while the connection's thread is busy are flushed together in one system call.
   */
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

  /**
   * A fence in one Redis, or in a cluster when the address says {@code redis-cluster://} or {@code
   * rediss-cluster://}; further nodes of a cluster follow the first, after commas: {@code
   * redis-cluster://user:password@one:6379,two:6379}.
   */
  public static LuaFence at(String uri, FenceSettings settings) {
    Matcher cluster = CLUSTER.matcher(uri);
    return cluster.matches()
        ? cluster(nodes(cluster.group(1) + cluster.group(2), cluster.group(3)), settings)
        : single(uri, settings);
  }

  private static List<String> nodes(String beginning, String hosts) {
    return Stream.of(hosts.split(",")).map(host -> beginning + host.trim()).toList();
  }

  /** A fence in one Redis, alone or behind sentinels. Does not connect before it is first asked. */
  public static LuaFence single(String uri, FenceSettings settings) {
    return single(uri, settings, false);
  }

  /** The same; with {@code alwaysBatches} for tests of the batches, see {@link ScriptBatches}. */
  static LuaFence single(String uri, FenceSettings settings, boolean alwaysBatches) {
    RedisURI address = address(uri, settings);
    ClientResources resources = resources();
    RedisClient client = RedisClient.create(resources);
    client.setOptions(options(ClientOptions.builder(), settings).build());
    FenceKeys keys = FenceKeys.ofSingle(settings.prefix());
    RedisConnection connection =
        new RedisConnection(
            client,
            resources,
            () ->
                client
                    .connectAsync(ByteArrayCodec.INSTANCE, address)
                    .thenApply(opened -> new Established(opened, opened.async())),
            keys,
            where(address));
    return new LuaFence(connection, keys, settings, alwaysBatches);
  }

  /** A fence in a Redis cluster that is found through any of these nodes. */
  public static LuaFence cluster(List<String> uris, FenceSettings settings) {
    List<RedisURI> addresses = uris.stream().map(uri -> address(uri, settings)).toList();
    ClientResources resources = resources();
    RedisClusterClient client = RedisClusterClient.create(resources, addresses);
    ClusterClientOptions.Builder builder = ClusterClientOptions.builder();
    options(builder, settings);
    client.setOptions(
        builder
            // After a redirection, a node that is not known, or a broken connection it looks at
            // once, which is the default.
            .topologyRefreshOptions(
                ClusterTopologyRefreshOptions.builder()
                    .enablePeriodicRefresh(Duration.ofSeconds(30))
                    .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(5))
                    .build())
            .build());
    FenceKeys keys = FenceKeys.ofCluster(settings.prefix());
    RedisConnection connection =
        new RedisConnection(
            client,
            resources,
            () ->
                // Lettuce does not look for the nodes by itself when it connects asynchronously.
                client
                    .refreshPartitionsAsync()
                    .thenCompose(nothing -> client.connectAsync(ByteArrayCodec.INSTANCE))
                    .thenApply(opened -> new Established(opened, opened.async())),
            keys,
            where(addresses.get(0)));
    return new LuaFence(connection, keys, settings);
  }

  /** Lettuce would wait a minute for what a new connection is answered first. */
  private static RedisURI address(String uri, FenceSettings settings) {
    RedisURI address = RedisURI.create(uri);
    address.setTimeout(settings.timeout());
    address.getSentinels().forEach(sentinel -> sentinel.setTimeout(settings.timeout()));
    return address;
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
