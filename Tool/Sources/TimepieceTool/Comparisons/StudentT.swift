import Glibc

/// Student's distribution, for intervals from few values.
enum StudentT {
    /// The value that |t| exceeds with this probability.
    static func quantile(_ probability: Double, degrees: Double) -> Double {
        guard probability > 0, probability < 1, degrees > 0 else { return probability >= 1 ? 0 : .infinity }
        var low = 0.0
        var high = 1.0
        while tails(high, degrees) > probability, high < 1e12 { high *= 2 }
        for _ in 0..<100 {
            let middle = (low + high) / 2
            if tails(middle, degrees) > probability { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// The probability that |t| is larger.
    static func tails(_ t: Double, _ degrees: Double) -> Double {
        IncompleteBeta.value(degrees / (degrees + t * t), degrees / 2, 0.5)
    }
}

/// The regularized incomplete beta function.
enum IncompleteBeta {
    /// By its continued fraction, to about 1e-14: Abramowitz and Stegun 26.5.8.
    static func value(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        if x > (a + 1) / (a + b + 2) { return 1 - value(1 - x, b, a) }
        let scale: Double = lgamma(a + b) - lgamma(a) - lgamma(b)
        let front = exp(scale + a * log(x) + b * log(1 - x)) / a
        // Lentz's method.
        let tiny = 1e-300
        var c = 1.0
        var d = 1 - (a + b) * x / (a + 1)
        d = 1 / (abs(d) < tiny ? tiny : d)
        var fraction = d
        for step in 1...500 {
            let m = Double(step)
            let odd: Double = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            let even: Double = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            for numerator in [odd, even] {
                d = 1 + numerator * d
                d = 1 / (abs(d) < tiny ? tiny : d)
                c = 1 + numerator / c
                if abs(c) < tiny { c = tiny }
                fraction *= c * d
            }
            if abs(c * d - 1) < 1e-15 { break }
        }
        return front * fraction
    }

    /// The x at which it has this value.
    static func inverse(_ probability: Double, _ a: Double, _ b: Double) -> Double {
        var low = 0.0
        var high = 1.0
        for _ in 0..<100 {
            let middle = (low + high) / 2
            if value(middle, a, b) < probability { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
