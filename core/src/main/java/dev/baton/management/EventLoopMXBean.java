package dev.baton.management;

/** What JMX clients see of a loop ({@link LoopManagement}). All methods may be called from any thread, also while the loop is blocked. */
public interface EventLoopMXBean {

    /** {@return the name of the loop} */
    String getName();

    /** {@return how the baton changes hands} */
    String getHandoff();

    /** {@return whether the loop is closed} */
    boolean isClosed();

    /** {@return how many iterations have begun} */
    long getIterations();

    /** {@return how many callbacks and coroutines are ready to run} */
    int getReady();

    /** {@return how many timers are scheduled} */
    int getTimers();

    /** {@return how many coroutines have started and have not ended} */
    int getActive();

    /** {@return how many of these are waiting for something} */
    int getSuspended();

    /** {@return how many coroutines were ever started} */
    long getSpawned();

    /** {@return every coroutine, what it awaits, who awaits it, and its stack} */
    String dump();

    /** {@return the tree of who awaits whom} */
    String tree();

    /** {@return the dump as JSON} */
    String json();
}
