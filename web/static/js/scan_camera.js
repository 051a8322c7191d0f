"use strict";

// The camera as a scanner: frames go to the decoder on this very machine, texts come out; no picture is kept or sent.
class CameraScanner {
    static WIDTH = 1280;
    static HEIGHT = 720;
    static PAUSE_MS = 80;
    // The same paper counts again only after it has been out of sight this long.
    static OUT_OF_SIGHT_MS = 2500;

    constructor(video, decoder, wasm, onText) {
        this.video = video;
        this.decoder = decoder;
        this.wasm = wasm;
        this.onText = onText;
        this.canvas = document.createElement("canvas");
        this.seen = {text: "", at: 0};
        this.stream = null;
    }

    get isOn() {
        return this.stream !== null;
    }

    async start() {
        if (!navigator.mediaDevices) throw new DOMException("no camera", "NotFoundError");
        await this.loadDecoder();
        this.stream = await navigator.mediaDevices.getUserMedia({
            audio: false,
            video: {facingMode: "environment", width: CameraScanner.WIDTH, height: CameraScanner.HEIGHT},
        });
        this.video.srcObject = this.stream;
        await this.video.play();
        this.look();
    }

    stop() {
        for (const track of this.stream?.getTracks() ?? []) track.stop();
        this.video.srcObject = null;
        this.stream = null;
    }

    async loadDecoder() {
        if (!window.ZXingWASM) await addScript(this.decoder);
        // Its own default would fetch the decoder from another host.
        await ZXingWASM.prepareZXingModule({overrides: {locateFile: () => this.wasm}, fireImmediately: true});
    }

    async look() {
        while (this.isOn) {
            const text = await this.read();
            if (text !== null) this.report(text);
            await new Promise(resolve => setTimeout(resolve, CameraScanner.PAUSE_MS));
        }
    }

    async read() {
        if (!this.video.videoWidth) return null;
        this.canvas.width = this.video.videoWidth;
        this.canvas.height = this.video.videoHeight;
        const brush = this.canvas.getContext("2d", {willReadFrequently: true});
        brush.drawImage(this.video, 0, 0);
        const frame = brush.getImageData(0, 0, this.canvas.width, this.canvas.height);
        const found = await ZXingWASM.readBarcodes(frame, {
            formats: ["QRCode"], tryHarder: false, tryInvert: false, maxNumberOfSymbols: 1,
        });
        return found.length && found[0].text ? found[0].text : null;
    }

    report(text) {
        const now = performance.now();
        const isNew = text !== this.seen.text || now - this.seen.at > CameraScanner.OUT_OF_SIGHT_MS;
        this.seen = {text, at: now};
        if (isNew) this.onText(text);
    }
}

function addScript(address) {
    return new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = address;
        script.onload = resolve;
        script.onerror = () => reject(new DOMException("no decoder", "NetworkError"));
        document.head.append(script);
    });
}
