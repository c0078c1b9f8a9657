package io.doundo.orchestrator.app;

import static org.springframework.web.servlet.function.RequestPredicates.method;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.util.DigestUtils;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.util.UriUtils;

/**
 * Serves the console: its files under {@code /console/}, and its one page under every address that
 * is not the API's, because the page itself knows what an address means. Neither needs a key; what
 * they show comes over the API, which does.
 */
@Configuration(proxyBeanMethods = false)
public class ConsoleConfiguration {

  /**
   * Scripts, styles and requests of our own only, and no text that becomes markup: whatever a
   * worker or a client writes into an error or a payload stays text.
   */
  public static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src"
          + " 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'";

  private static final String FILES = "/console/";

  /** What is answered by others, whatever a browser accepts. */
  private static final List<String> OTHERS =
      List.of("/api", "/actuator", "/v3", "/swagger-ui", "/webjars", "/error", "/internal");

  /**
   * A first segment that others may read as another one: they decode it, and drop its parameters.
   */
  private static final Pattern DISGUISED = Pattern.compile("/*[^/]*[%;].*");

  private static final Pattern SEGMENT = Pattern.compile("/[^/]*");

  /**
   * Whether the console answers the request, with its page or with one of its files. Such a request
   * needs no key, so that nobody else may get to answer it.
   */
  public static boolean isConsole(HttpServletRequest request) {
    return isConsole(request.getMethod(), path(request), accepted(request));
  }

  static boolean isConsole(String method, String path, String accept) {
    boolean isGet = method.equals(HttpMethod.GET.name());
    boolean isFile = path.startsWith(FILES);
    return isFile ? isGet || method.equals(HttpMethod.HEAD.name()) : isGet && isPage(path, accept);
  }

  /**
   * A path below the root that a browser opens as a page and that belongs to nobody else.
   *
   * @param path as it was sent, not decoded
   */
  static boolean isPage(String path, String accept) {
    return accept.contains(MediaType.TEXT_HTML_VALUE)
        && !DISGUISED.matcher(path).matches()
        && !path.startsWith(FILES)
        && OTHERS.stream().noneMatch(decoded(path)::startsWith);
  }

  /** How the page at a path names the root, so that it works below any path of a proxy too. */
  static String root(String path) {
    int depth = (int) SEGMENT.matcher(path).results().count() - 1;
    return depth <= 0 ? "./" : "../".repeat(depth);
  }

  @Bean
  RouterFunction<ServerResponse> consolePage() {
    String page =
        read(new ClassPathResource("static/console/index.html")).replace("{preload}", preloads());
    return RouterFunctions.route(
        method(HttpMethod.GET)
            .and(
                request ->
                    isPage(path(request.servletRequest()), accepted(request.servletRequest()))),
        request ->
            ServerResponse.ok()
                .contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
                .cacheControl(CacheControl.noStore())
                .body(page.replace("{root}", root(path(request.servletRequest())))));
  }

  /** Lets a browser fetch all modules at once, and not each when an import of it is found. */
  private static String preloads() {
    try {
      return Stream.of(
              new PathMatchingResourcePatternResolver()
                  .getResources("classpath:static" + FILES + "**/*.js"))
          .map(ConsoleConfiguration::name)
          .sorted()
          .map("<link rel=\"modulepreload\" href=\"{root}%s\">"::formatted)
          .collect(Collectors.joining("\n  "));
    } catch (IOException e) {
      throw new UncheckedIOException("The console's files cannot be listed", e);
    }
  }

  private static String name(Resource module) {
    try {
      String url = module.getURL().toString();
      return url.substring(url.lastIndexOf("static" + FILES) + "static/".length());
    } catch (IOException e) {
      throw new UncheckedIOException("A file of the console cannot be read: " + module, e);
    }
  }

  /** The files may be kept, and are asked for again each time: a new release shows at once. */
  @Bean
  WebMvcConfigurer consoleFiles() {
    Map<String, String> tags = new ConcurrentHashMap<>();
    return new WebMvcConfigurer() {
      @Override
      public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry
            .addResourceHandler(FILES + "**")
            .addResourceLocations("classpath:/static/console/")
            .setCacheControl(CacheControl.noCache())
            .setUseLastModified(false)
            .setEtagGenerator(
                file -> tags.computeIfAbsent(String.valueOf(file), unused -> tag(file)));
      }
    };
  }

  private static String decoded(String path) {
    return UriUtils.decode(path, StandardCharsets.UTF_8);
  }

  private static String path(HttpServletRequest request) {
    return request.getRequestURI().substring(request.getContextPath().length());
  }

  private static String accepted(HttpServletRequest request) {
    String accept = request.getHeader(HttpHeaders.ACCEPT);
    return accept == null ? "" : accept;
  }

  private static String read(Resource file) {
    try (InputStream bytes = file.getInputStream()) {
      return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("The console's page is missing from this build: " + file, e);
    }
  }

  private static String tag(Resource file) {
    try (InputStream bytes = file.getInputStream()) {
      return '"' + DigestUtils.md5DigestAsHex(bytes) + '"';
    } catch (IOException e) {
      throw new UncheckedIOException("A file of the console cannot be read: " + file, e);
    }
  }
}
