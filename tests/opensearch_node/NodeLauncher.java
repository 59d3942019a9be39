import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.opensearch.Version;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.logging.LogConfigurator;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;

/**
 * One OpenSearch node for tests, all of its modules on the class path.
 *
 * <p>Usage: {@code NodeLauncher HOME}, where HOME/config holds opensearch.yml and log4j2.properties. Once the node
 * answers, its HTTP port is written to HOME/http-port. The node ends on SIGTERM, and also when standard input is
 * closed: a test run that is killed leaves neither node nor HOME behind.
 *
 * <p>The distribution's own bootstrap is not used, so its checks (root user, duplicate classes, system limits) and its
 * Java agent are absent: never run this in production.
 */
public final class NodeLauncher extends Node {
    private static final List<String> MODULES = List.of(
        "org.opensearch.analysis.common.CommonAnalysisModulePlugin",
        "org.opensearch.geo.GeoModulePlugin",
        "org.opensearch.index.mapper.MapperExtrasModulePlugin",
        "org.opensearch.index.rankeval.RankEvalModulePlugin",
        "org.opensearch.index.reindex.ReindexModulePlugin",
        "org.opensearch.join.ParentJoinModulePlugin",
        "org.opensearch.painless.PainlessModulePlugin",
        "org.opensearch.percolator.PercolatorModulePlugin",
        "org.opensearch.script.expression.ExpressionModulePlugin",
        "org.opensearch.search.aggregations.matrix.MatrixAggregationModulePlugin",
        "org.opensearch.transport.Netty4ModulePlugin"
    );

    private NodeLauncher(Environment environment) {
        super(environment, modules().map(NodeLauncher::describe).collect(Collectors.toList()), true);
    }

    /** The modules of every node, and the plugins that {@code -Dvivier.plugins=class,class} names. */
    private static Stream<String> modules() {
        String more = System.getProperty("vivier.plugins", "");
        return Stream.concat(MODULES.stream(), Stream.of(more.split(",")).filter(name -> !name.isEmpty()));
    }

    /** The server describes a plugin by a properties file in its folder; here only the class matters. */
    private static PluginInfo describe(String className) {
        String java = String.valueOf(Runtime.version().feature());
        return new PluginInfo(className, className, "test", Version.CURRENT, java, className, List.of(), false);
    }

    /** Tells the log layout the node's id, once per JVM. The plain layout in use has no place for it. */
    @Override
    protected void configureNodeAndClusterIdStateListener(ClusterService clusterService) {}

    private int httpPort() {
        return injector().getInstance(HttpServerTransport.class).boundAddress().publishAddress().getPort();
    }

    private void shutDown() {
        try {
            close();
            awaitClose(10, TimeUnit.SECONDS);
        } catch (IOException | InterruptedException e) {
            System.err.println("the node did not close cleanly: " + e);
        }
    }

    /** Written beside, then moved: a reader never sees half a number. */
    private static void announce(Path home, int port) throws IOException {
        Path draft = Files.writeString(home.resolve("http-port.draft"), Integer.toString(port));
        Files.move(draft, home.resolve("http-port"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void waitForEndOfInput() throws IOException {
        while (System.in.read() != -1) {
            // nothing is expected: only the end of the stream means something
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]).toAbsolutePath();
        for (String folder : List.of("data", "logs", "modules", "plugins")) {
            Files.createDirectories(home.resolve(folder));
        }
        Settings settings = Settings.builder().put("path.home", home.toString()).build();
        Environment environment = InternalSettingsPreparer.prepareEnvironment(
            settings, Map.of(), home.resolve("config"), () -> "vivier-test");
        LogConfigurator.registerErrorListener();
        LogConfigurator.configure(environment);

        NodeLauncher node = new NodeLauncher(environment);
        Runtime.getRuntime().addShutdownHook(new Thread(node::shutDown, "shutdown"));
        node.start();
        announce(home, node.httpPort());
        waitForEndOfInput();
        // whoever started the node is gone and will not clean up
        node.shutDown();
        delete(home);
        System.exit(0);
    }
}
