using System.Text.RegularExpressions;

namespace RetailInsight.GoogleFakes.Faults;

/// <summary>The faults to come and the requests that came, for tests to set and to look at.</summary>
internal sealed class FaultPlan
{
    private const int RequestsKept = 100_000;

    private readonly Lock _lock = new();
    private readonly List<PlannedFault> _faults = [];
    private readonly List<SeenRequest> _requests = [];

    /// <summary>Every request since the last <see cref="Clear"/>, oldest first.</summary>
    public IReadOnlyList<SeenRequest> Requests
    {
        get
        {
            lock (_lock)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>Adds a fault; of several that match a request the earliest added is used.</summary>
    public void Add(Fault fault)
    {
        lock (_lock)
        {
            _faults.Add(new PlannedFault(fault));
        }
    }

    /// <summary>Forgets faults and requests.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _faults.Clear();
            _requests.Clear();
        }
    }

    /// <summary>Notes a request and tells what is to go wrong with it.</summary>
    public Fault? Take(string method, string path)
    {
        lock (_lock)
        {
            var fault = _faults.Find(candidate => candidate.Takes(method, path))?.Fault;
            if (_requests.Count < RequestsKept)
            {
                _requests.Add(new SeenRequest(method, path, fault?.Kind));
            }

            return fault;
        }
    }

    private sealed class PlannedFault(Fault fault)
    {
        private readonly Regex _path = new(fault.Path, RegexOptions.CultureInvariant);
        private int _matched;

        public Fault Fault => fault;

        public bool Takes(string method, string path)
        {
            if ((fault.Method.Length > 0 && fault.Method != method) || !_path.IsMatch(path))
            {
                return false;
            }

            var at = _matched++;
            return at >= fault.Skip && at - fault.Skip < fault.Times;
        }
    }
}
