package dev.baton.management;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.spawn;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.VirtualTime;
import dev.baton.future.Deferred;
import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopOptions;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoopManagementTest {
    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

    private static ObjectName nameOf(EventLoop loop) {
        return Objects.requireNonNull(LoopManagement.register(loop).name());
    }

    private String invoke(ObjectName name, String operation) throws Exception {
        return (String) server.invoke(name, operation, new Object[0], new String[0]);
    }

    @Test
    @DisplayName("B-05 a JMX client reads the figures and the dump while the loop is blocked")
    void tellsWhileTheLoopIsBlocked() throws Exception {
        ObjectName name;
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        EventLoop loop = EventLoop.open(LoopOptions.defaults().withName("managed"));
        try (loop) {
            name = nameOf(loop);
            assertEquals("dev.baton:type=EventLoop,name=managed", name.toString());
            Deferred<String> end = new Deferred<>();
            Coroutine<String> waits = spawn(loop, "waits", () -> await(end));
            spawn(loop, "above", () -> await(waits));
            loop.execute(() -> {
                blocked.countDown();
                VirtualTime.pass(go);
            });
            VirtualTime.pass(blocked);
            assertEquals("managed", server.getAttribute(name, "Name"));
            assertEquals(loop.handoff().name(), server.getAttribute(name, "Handoff"));
            assertEquals(2, server.getAttribute(name, "Active"));
            assertEquals(2, server.getAttribute(name, "Suspended"));
            assertEquals(2L, server.getAttribute(name, "Spawned"));
            assertEquals(0, server.getAttribute(name, "Timers"));
            assertEquals(0, server.getAttribute(name, "Ready"));
            assertEquals(false, server.getAttribute(name, "Closed"));
            assertTrue((Long) server.getAttribute(name, "Iterations") > 0);
            assertTrue(invoke(name, "dump").contains("SUSPENDED awaiting \"waits\" #" + waits.id()));
            assertTrue(invoke(name, "tree").contains("\n└── Coroutine[\"waits\" #"));
            assertTrue(invoke(name, "json").contains("\"name\":\"managed\""));
            go.countDown();
        }
        assertFalse(server.isRegistered(name), "it goes with the loop");
    }

    /** The same as jcmd's Thread.dump_to_file. */
    @Test
    @DisplayName("B-05 the JDK's own thread dump lists coroutines by name, suspended ones and one that blocks")
    void theThreadDumpOfTheJdkHasTheNames(@TempDir Path folder) throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        String dump;
        try (EventLoop loop = EventLoop.open()) {
            spawn(loop, "order 42", () -> await(new Deferred<>()));
            spawn(loop, "order 43 blocks", () -> {
                blocked.countDown();
                VirtualTime.pass(go);
            });
            VirtualTime.pass(blocked);
            Path file = folder.resolve("threads.json");
            server.invoke(
                    new ObjectName("com.sun.management:type=HotSpotDiagnostic"),
                    "dumpThreads",
                    new Object[] {file.toString(), "JSON"},
                    new String[] {String.class.getName(), String.class.getName()});
            dump = Files.readString(file);
            go.countDown();
        }
        assertTrue(dump.contains("\"name\": \"order 42\""), dump);
        assertTrue(dump.contains("\"name\": \"order 43 blocks\""), dump);
    }

    @Test
    @DisplayName("B-05 names may be odd, or there twice, and what was taken away can come back")
    void namesAreUnique() {
        try (EventLoop first = EventLoop.open(LoopOptions.defaults().withName("a,b=\"*\""));
                EventLoop second = EventLoop.open(LoopOptions.defaults().withName("a,b=\"*\""))) {
            ObjectName one = nameOf(first);
            assertEquals(one, nameOf(first), "again: no effect");
            assertEquals("a,b=\"*\"", ObjectName.unquote(one.getKeyProperty("name")));
            assertEquals("2", nameOf(second).getKeyProperty("number"));
            LoopManagement management = LoopManagement.register(first);
            management.close();
            management.close();
            assertFalse(server.isRegistered(one));
            assertNull(management.name());
            assertEquals(one, nameOf(first));
        }
    }

    @Test
    @DisplayName("B-05 a closed loop is refused")
    void aClosedLoopIsRefused() {
        EventLoop loop = EventLoop.open(LoopOptions.defaults().withName("closed one"));
        loop.close();
        assertThrows(IllegalStateException.class, () -> LoopManagement.register(loop));
        assertTrue(server.queryNames(null, null).stream()
                .noneMatch(name -> name.toString().contains("closed one")));
    }
}
