package dev.baton.management;

import dev.baton.CoroutineDump;
import dev.baton.loop.EventLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * Registers a loop with the MBean server of the platform, until the loop is closed.
 *
 * {@snippet :
 * LoopManagement.register(loop);
 * }
 *
 * <p>JConsole, started on the same machine, finds it below {@code dev.baton}. So does any other JMX client once
 * {@code jcmd PID ManagementAgent.start_local} has opened the door; {@code jcmd PID Thread.dump_to_file -format=json FILE}
 * needs no MBean, and lists the threads of coroutines by the names of these.
 */
public final class LoopManagement implements AutoCloseable {
    private final EventLoop loop;
    private @Nullable ObjectName name; // guarded by this; null: not registered

    private LoopManagement(EventLoop loop) {
        this.loop = loop;
    }

    /**
     * Registers a loop as {@code dev.baton:type=EventLoop,name=…}, with a {@code number} if there is one of that name
     * already; does nothing if this loop is registered. May be called from any thread.
     *
     * @param loop the loop
     * @return what takes it away again; the loop does so when it is closed
     * @throws IllegalStateException if the loop is closed, or the server refuses
     */
    public static LoopManagement register(EventLoop loop) {
        LoopManagement management = loop.attachment(LoopManagement.class, LoopManagement::new);
        management.register();
        if (loop.isClosed()) {
            management.close();
            throw new IllegalStateException(loop + " is closed");
        }
        return management;
    }

    /** {@return the name of the MBean, or null if it is taken away} */
    public synchronized @Nullable ObjectName name() {
        return name;
    }

    private synchronized void register() {
        for (int number = 1; name == null; number++) {
            String more = number == 1 ? "" : ",number=" + number;
            try {
                name = server().registerMBean(
                                new View(loop),
                                new ObjectName("dev.baton:type=EventLoop,name=" + quoted(loop.name()) + more))
                        .getObjectName();
            } catch (InstanceAlreadyExistsException e) {
                // the next number, then
            } catch (JMException e) {
                throw new IllegalStateException("no MBean for " + loop, e);
            }
        }
    }

    /** Takes the MBean away; does nothing if that has happened. May be called from any thread. */
    @Override
    public synchronized void close() {
        if (name == null) {
            return;
        }
        try {
            server().unregisterMBean(name);
        } catch (InstanceNotFoundException e) {
            // somebody else took it away
        } catch (JMException e) {
            throw new IllegalStateException("the MBean of " + loop + " cannot be taken away", e);
        } finally {
            name = null;
        }
    }

    private static MBeanServer server() {
        return ManagementFactory.getPlatformMBeanServer();
    }

    private static String quoted(String name) {
        return name.matches("[\\w.-]+") ? name : ObjectName.quote(name);
    }

    private record View(EventLoop loop) implements EventLoopMXBean {
        private interface Writing {
            void to(Appendable out) throws IOException;
        }

        @Override
        public String getName() {
            return loop.name();
        }

        @Override
        public String getHandoff() {
            return loop.handoff().name();
        }

        @Override
        public boolean isClosed() {
            return loop.isClosed();
        }

        @Override
        public long getIterations() {
            return loop.statistics().iterations();
        }

        @Override
        public int getReady() {
            return loop.statistics().ready();
        }

        @Override
        public int getTimers() {
            return loop.statistics().timers();
        }

        @Override
        public int getActive() {
            return loop.statistics().fibers();
        }

        @Override
        public int getSuspended() {
            return loop.statistics().suspended();
        }

        @Override
        public long getSpawned() {
            return loop.statistics().started();
        }

        @Override
        public String dump() {
            return CoroutineDump.of(loop).toString();
        }

        @Override
        public String tree() {
            return text(CoroutineDump.of(loop)::writeTree);
        }

        @Override
        public String json() {
            return text(CoroutineDump.of(loop)::writeJson);
        }

        private static String text(Writing writing) {
            StringBuilder text = new StringBuilder();
            try {
                writing.to(text);
            } catch (IOException e) {
                throw new UncheckedIOException(e); // a StringBuilder throws none
            }
            return text.toString();
        }
    }
}
