package dev.baton.benchmarks;

/** Who is compared; named as the methods of the scenarios. */
enum Peer {
    batonPortable("Baton PORTABLE", "#1b6ca8"),
    batonCarrier("Baton CARRIER", "#5fa8d3"),
    vertx("Vert.x", "#8a4f9e"),
    kotlinDispatcher("Kotlin, one thread", "#c2571a"),
    kotlinRunBlocking("Kotlin, runBlocking", "#e8a33d"),
    byHand("by hand", "#6b7b6b"),
    continuation("bare continuation", "#b0b0b0");

    private final String title;
    private final String colour;

    Peer(String title, String colour) {
        this.title = title;
        this.colour = colour;
    }

    String title() {
        return title;
    }

    String colour() {
        return colour;
    }

    boolean isBaton() {
        return this == batonPortable || this == batonCarrier;
    }
}
