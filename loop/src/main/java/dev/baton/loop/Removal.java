package dev.baton.loop;

/** A timer that another thread has cancelled, on its way out of the heap. It is not work, and wakes no iteration. */
final class Removal extends Ready {
    private final TimerHandle timer;

    Removal(TimerHandle timer) {
        this.timer = timer;
    }

    @Override
    void admit(Agenda agenda) {
        agenda.timers.remove(timer);
    }
}
