namespace RetailInsight.Ml.Serving;

/// <summary>What models last said, by key; the oldest are forgotten first.</summary>
internal sealed class LastAnswers(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Tenant, string Model, string Key), double> _values = [];
    private readonly Queue<(string Tenant, string Model, string Key)> _order = [];

    /// <summary>Remembers.</summary>
    public void Keep(string tenant, string model, string key, double value)
    {
        lock (_lock)
        {
            if (!_values.ContainsKey((tenant, model, key)))
            {
                if (_values.Count >= capacity)
                {
                    _values.Remove(_order.Dequeue());
                }

                _order.Enqueue((tenant, model, key));
            }

            _values[(tenant, model, key)] = value;
        }
    }

    /// <summary>What was said last; null when nothing is remembered.</summary>
    public double? Find(string tenant, string model, string key)
    {
        lock (_lock)
        {
            return _values.TryGetValue((tenant, model, key), out var value) ? value : null;
        }
    }
}
